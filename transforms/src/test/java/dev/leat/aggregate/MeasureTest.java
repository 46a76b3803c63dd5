package dev.leat.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.field.FieldRef;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;

public class MeasureTest {
  private static final String KNOWN =
      "count, sum(/field), min(/field), max(/field), avg(/field), distinct(/field),"
          + " approx_distinct(/field), quantile(/field, 0.95), top(/field, 3), first(/field),"
          + " last(/field)";

  @Test
  public void parsesEveryForm() {
    assertThat(Measure.parse("count"), is(Measure.count()));
    assertThat(Measure.parse("count()"), is(Measure.count()));
    assertThat(Measure.parse(" count( ) "), is(Measure.count()));
    assertThat(Measure.parse("count(/x)"), is(Measure.count("/x")));
    assertThat(Measure.parse("sum(/x)"), is(Measure.sum("/x")));
    assertThat(Measure.parse("sum( /x y )"), is(Measure.sum("/x y")));
    assertThat(Measure.parse("sum(/f(x))"), is(Measure.sum("/f(x)")));
    assertThat(Measure.parse("min(/x)"), is(Measure.min("/x")));
    assertThat(Measure.parse("max(country.size)"), is(Measure.max("country.size")));
    assertThat(Measure.parse("avg(/x)"), is(Measure.avg("/x")));
    assertThat(Measure.parse("distinct(tenant)"), is(Measure.distinct("tenant")));
    assertThat(Measure.parse("approx_distinct(/x)"), is(Measure.approxDistinct("/x")));
    assertThat(Measure.parse("quantile(/x, 0.95)"), is(Measure.quantile("/x", 0.95)));
    assertThat(Measure.parse("quantile(/a,b,0.5)"), is(Measure.quantile("/a,b", 0.5)));
    assertThat(Measure.parse("quantile(/x,1)"), is(Measure.quantile("/x", 1)));
    assertThat(Measure.parse("top(/x, 3)"), is(Measure.top("/x", 3)));
    assertThat(Measure.parse("first(/x)"), is(Measure.first("/x")));
    assertThat(Measure.parse("last(/x)"), is(Measure.last("/x")));
    assertThat(Measure.sum("/x").measuredField(), is(Optional.of(FieldRef.parse("/x"))));
    assertThat(Measure.count().measuredField(), is(Optional.empty()));
  }

  @Test
  public void refusesWhatIsNoMeasure() {
    assertThat(refusal("sum(/x"), is("expected one of " + KNOWN + "; got 'sum(/x'"));
    assertThat(refusal(""), is("expected one of " + KNOWN + "; got ''"));
    assertThat(refusal("SUM(/x)"), is("expected one of " + KNOWN + "; got 'SUM(/x)'"));
    assertThat(refusal("median(/x)"), is("unknown measure 'median(/x)'; expected one of " + KNOWN));
    assertThat(refusal("sum"), is("sum: expected a field, such as sum(/field), got 'sum'"));
    assertThat(refusal("min( )"), is("min: expected a field, such as min(/field), got 'min( )'"));
    assertThat(
        refusal("sum(a b)"),
        is(
            "expected a pointer into the payload such as /page, or a name such as tenant or"
                + " country.name, got 'a b'"));
  }

  @Test
  public void refusesBadParameters() {
    assertThat(
        refusal("quantile(/x)"),
        is(
            "quantile: expected a field and a number, such as quantile(/field, 0.95), got"
                + " 'quantile(/x)'"));
    assertThat(
        refusal("top"),
        is("top: expected a field and a number, such as top(/field, 3), got 'top'"));
    assertThat(
        refusal("quantile(/x, p95)"),
        is(
            "quantile: expected a number after the field, such as quantile(/field, 0.95), got"
                + " 'p95'"));
    assertThat(
        refusal("top(/x, 1.5)"),
        is("top: expected a number after the field, such as top(/field, 3), got '1.5'"));
    assertThat(
        refusal("quantile(/x, 95)"), is("quantile: expected a fraction from 0 to 1, got 95"));
    assertThat(
        refusal("quantile(/x, -0.5)"), is("quantile: expected a fraction from 0 to 1, got -0.5"));
    assertThat(
        refusal("quantile(/x, 1e999)"),
        is("quantile: expected a fraction from 0 to 1, got Infinity"));
    assertThat(
        refusal("quantile(/x, 1e9999999999)"),
        is(
            "quantile: expected a number after the field, such as quantile(/field, 0.95), got"
                + " '1e9999999999'"));
    assertThat(
        refusal(() -> Measure.quantile("/x", Double.NaN)),
        is("quantile: expected a fraction from 0 to 1, got NaN"));
    assertThat(refusal("top(/x, 0)"), is("top: expected a number from 1 to 1000, got 0"));
    assertThat(refusal("top(/x, 1001)"), is("top: expected a number from 1 to 1000, got 1001"));
  }

  @Test
  public void tellsTheTypeOfItsColumn() {
    assertThat(Measure.count().resultType(), is(FieldType.INT64));
    assertThat(Measure.distinct("/x").resultType(), is(FieldType.INT64));
    assertThat(Measure.approxDistinct("/x").resultType(), is(FieldType.INT64));
    assertThat(Measure.sum("/x").resultType(), is(FieldType.DECIMAL.withNullable(true)));
    assertThat(Measure.min("/x").resultType(), is(FieldType.DECIMAL.withNullable(true)));
    assertThat(Measure.max("/x").resultType(), is(FieldType.DECIMAL.withNullable(true)));
    assertThat(Measure.avg("/x").resultType(), is(FieldType.DECIMAL.withNullable(true)));
    assertThat(Measure.quantile("/x", 1).resultType(), is(FieldType.DOUBLE.withNullable(true)));
    assertThat(Measure.top("/x", 1).resultType(), is(FieldType.array(FieldType.DECIMAL)));
    assertThat(Measure.first("/x").resultType(), is(FieldType.STRING.withNullable(true)));
    assertThat(Measure.last("/x").resultType(), is(FieldType.STRING.withNullable(true)));
  }

  private static String refusal(String text) {
    return refusal(() -> Measure.parse(text));
  }

  private static String refusal(ThrowingRunnable run) {
    return assertThrows(IllegalArgumentException.class, run).getMessage();
  }
}
