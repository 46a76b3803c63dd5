package dev.leat.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import com.google.common.collect.ImmutableMap;
import dev.leat.field.FieldRef;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;

public class AggregationTest {
  private static final Map<String, FieldRef> BY =
      ImmutableMap.of("page", FieldRef.parse("/page"), "country", FieldRef.parse("country.name"));
  private static final Map<String, Measure> MEASURES =
      ImmutableMap.of(
          "n", Measure.count(), "total", Measure.sum("/x"), "best", Measure.top("/x", 3));

  @Test
  public void declaresItsColumnsInOrder() {
    Schema schema = Aggregation.of(BY, MEASURES).schema(true);

    assertThat(
        schema,
        is(
            Schema.builder()
                .addDateTimeField("window_start")
                .addDateTimeField("window_end")
                .addNullableField("page", Schema.FieldType.STRING)
                .addNullableField("country", Schema.FieldType.STRING)
                .addInt64Field("n")
                .addNullableField("total", Schema.FieldType.DECIMAL)
                .addArrayField("best", Schema.FieldType.DECIMAL)
                .build()));
  }

  @Test
  public void declaresNoWindowWithoutWindows() {
    assertThat(
        Aggregation.of(BY, MEASURES).schema(false).getFieldNames(),
        is(java.util.List.of("page", "country", "n", "total", "best")));
  }

  @Test
  public void declaresTheRevisionAsItsLastColumn() {
    Schema without = Aggregation.of(BY, MEASURES).schema(true);

    assertThat(
        Aggregation.of(BY, MEASURES).withRevision().schema(true),
        is(
            Schema.builder()
                .addFields(without.getFields())
                .addInt64Field(Aggregation.REVISION)
                .build()));
    assertThat(Aggregation.REVISION, is("leat_revision"));
  }

  @Test
  public void refusesNoMeasureAndNamesThatCollide() {
    assertThat(
        refusal(() -> Aggregation.of(BY, Map.of())),
        is("measures: expected at least one, got none"));
    assertThat(
        refusal(() -> Aggregation.of(BY, Map.of("page", Measure.count()))),
        is("'page' is both a grouping column and a measure"));
    assertThat(
        refusal(() -> Aggregation.of(BY, Map.of("window_end", Measure.count()))),
        is("'window_end' is the name of a window's column"));
    assertThat(
        refusal(
            () ->
                Aggregation.of(
                    Map.of("window_start", FieldRef.parse("/x")), Map.of("n", Measure.count()))),
        is("'window_start' is the name of a window's column"));
    assertThat(
        refusal(() -> Aggregation.of(BY, Map.of("leat_revision", Measure.count()))),
        is("'leat_revision' is the name of the revision's column"));
    assertThat(
        refusal(() -> AggregateEvents.by("/a/name", "country.name")),
        is("two grouping columns are named 'name'; name one of them otherwise"));
    assertThat(
        refusal(
            () ->
                AggregateEvents.all()
                    .measure("n", Measure.count())
                    .measure("n", Measure.count("/x"))),
        is("two measures are named 'n'"));
  }

  private static String refusal(ThrowingRunnable run) {
    return assertThrows(IllegalArgumentException.class, run).getMessage();
  }
}
