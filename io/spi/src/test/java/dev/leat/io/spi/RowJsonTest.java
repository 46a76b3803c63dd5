package dev.leat.io.spi;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.NanosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.junit.Test;

public class RowJsonTest {
  @Test
  public void writesTimesInUtcWithTheDigitsTheyHave() {
    assertThat(
        json(FieldType.DATETIME, Instant.parse("2015-09-12T15:00:00+02:00")),
        equalTo("\"2015-09-12T13:00:00Z\""));
    assertThat(
        json(FieldType.DATETIME, Instant.parse("2015-09-12T13:00:00.120Z")),
        equalTo("\"2015-09-12T13:00:00.120Z\""));
    assertThat(
        json(
            FieldType.logicalType(new NanosInstant()),
            java.time.Instant.parse("2015-09-12T13:00:00.000000001Z")),
        equalTo("\"2015-09-12T13:00:00.000000001Z\""));
    assertThat(
        json(FieldType.logicalType(SqlTypes.DATE), java.time.LocalDate.parse("2015-09-12")),
        equalTo("\"2015-09-12\""));
  }

  @Test
  public void writesDecimalsExactlyAndPlain() {
    assertThat(decimal("1.500"), equalTo("1.5"));
    assertThat(decimal("1E+3"), equalTo("1000"));
    assertThat(decimal("0.0000000001"), equalTo("0.0000000001"));
    assertThat(decimal("-0.00"), equalTo("0"));
    assertThat(
        decimal("12345678901234567890.123456789"), equalTo("12345678901234567890.123456789"));
  }

  @Test
  public void doesNotFillTheMemoryWithZeros() {
    assertThat(decimal("1E+999999999"), equalTo("1E+999999999"));
  }

  @Test
  public void writesNumbers() {
    assertThat(json(FieldType.INT64, Long.MIN_VALUE), equalTo("-9223372036854775808"));
    assertThat(json(FieldType.INT32, 7), equalTo("7"));
    assertThat(json(FieldType.DOUBLE, 0.1), equalTo("0.1"));
    assertThat(json(FieldType.DOUBLE, Double.NaN), equalTo("null"));
    assertThat(json(FieldType.FLOAT, Float.NEGATIVE_INFINITY), equalTo("null"));
    assertThat(json(FieldType.BOOLEAN, true), equalTo("true"));
  }

  @Test
  public void writesTextEscapedAndBytesAsBase64() {
    assertThat(json(FieldType.STRING, "a\"\n\u0000é😀"), equalTo("\"a\\\"\\n\\u0000é😀\""));
    assertThat(json(FieldType.BYTES, new byte[] {0, (byte) 0xFF}), equalTo("\"AP8=\""));
  }

  @Test
  public void writesNestedValuesAndKeepsNulls() {
    Schema inner = Schema.builder().addNullableField("x", FieldType.INT64).build();
    Schema schema =
        Schema.builder()
            .addNullableField("none", FieldType.STRING)
            .addField("list", FieldType.array(FieldType.DECIMAL.withNullable(true)))
            .addField("map", FieldType.map(FieldType.INT32, FieldType.DOUBLE))
            .addRowField("row", inner)
            .build();

    Row row =
        Row.withSchema(schema)
            .addValue(null)
            .addValue(Arrays.asList(new BigDecimal("1.0"), null))
            .addValue(Map.of(1, Double.NaN))
            .addValue(Row.withSchema(inner).addValue(null).build())
            .build();

    assertThat(
        RowJson.of(row),
        equalTo("{\"none\":null,\"list\":[1,null],\"map\":{\"1\":null},\"row\":{\"x\":null}}"));
  }

  @Test
  public void writesSomeColumnsAsAnArrayInTheOrderGiven() {
    Schema schema =
        Schema.builder()
            .addNullableField("a", FieldType.STRING)
            .addField("t", FieldType.DATETIME)
            .addField("n", FieldType.INT64)
            .build();
    Row row =
        Row.withSchema(schema).addValues(null, Instant.parse("2015-09-12T13:00:00Z"), 7L).build();

    String array = RowJson.arrayOf(row, List.of("n", "t", "a"));

    assertThat(array, equalTo("[7,\"2015-09-12T13:00:00Z\",null]"));
    assertThat(RowJson.arrayOf(row, List.of()), equalTo("[]"));
  }

  private static String decimal(String value) {
    return json(FieldType.DECIMAL, new BigDecimal(value));
  }

  private static String json(FieldType type, Object value) {
    Row row = Row.withSchema(Schema.of(Schema.Field.of("v", type))).attachValues(List.of(value));
    String json = RowJson.of(row);
    assertThat(json.substring(0, 5), equalTo("{\"v\":"));
    return json.substring(5, json.length() - 1);
  }
}
