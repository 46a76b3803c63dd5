package dev.leat.io.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.Test;

/** Rows as JSON. */
public final class RowPayloadTest {
  @Test
  public void everyTypeThatATableCanHaveIsWritten() {
    assertThat(
        json(Types.StringType.get(), "a \"q\" \uD83D\uDE00"), is("\"a \\\"q\\\" \uD83D\uDE00\""));
    assertThat(json(Types.LongType.get(), Long.MIN_VALUE), is("-9223372036854775808"));
    assertThat(json(Types.IntegerType.get(), 7), is("7"));
    assertThat(json(Types.BooleanType.get(), true), is("true"));
    assertThat(json(Types.DecimalType.of(38, 9), new BigDecimal("12.500000000")), is("12.5"));
    assertThat(json(Types.DecimalType.of(38, 9), new BigDecimal("1000.000000000")), is("1000"));
    assertThat(json(Types.DoubleType.get(), 0.1), is("0.1"));
    assertThat(json(Types.DoubleType.get(), Double.NaN), is("null"));
    assertThat(json(Types.FloatType.get(), Float.NEGATIVE_INFINITY), is("null"));
    assertThat(
        json(
            Types.TimestampType.withZone(),
            OffsetDateTime.parse("2015-09-12T15:00:00.000001+02:00")),
        is("\"2015-09-12T13:00:00.000001Z\""));
    assertThat(
        json(Types.TimestampType.withoutZone(), LocalDateTime.parse("2015-09-12T13:00:00")),
        is("\"2015-09-12T13:00:00Z\""));
    assertThat(json(Types.DateType.get(), LocalDate.parse("2015-09-12")), is("\"2015-09-12\""));
    assertThat(json(Types.TimeType.get(), LocalTime.parse("13:00")), is("\"13:00:00\""));
    assertThat(
        json(Types.UUIDType.get(), new UUID(1, 2)), is("\"00000000-0000-0001-0000-000000000002\""));
    assertThat(json(Types.BinaryType.get(), ByteBuffer.wrap("ab".getBytes(UTF_8))), is("\"YWI=\""));
    assertThat(json(Types.FixedType.ofLength(2), "ab".getBytes(UTF_8)), is("\"YWI=\""));
    assertThat(
        json(
            Types.ListType.ofOptional(2, Types.DecimalType.of(38, 9)),
            Arrays.asList(new BigDecimal("1.0"), null)),
        is("[1,null]"));
    assertThat(
        json(
            Types.MapType.ofOptional(2, 3, Types.IntegerType.get(), Types.StringType.get()),
            Map.of(1, "one")),
        is("{\"1\":\"one\"}"));
    Types.StructType struct =
        Types.StructType.of(Types.NestedField.optional(2, "b", Types.LongType.get()));
    assertThat(json(struct, GenericRecord.create(struct).copy("b", 5L)), is("{\"b\":5}"));
  }

  @Test
  public void columnsStandInTheirOrderAndNoneIsLeftOut() {
    Schema columns =
        new Schema(
            Types.NestedField.optional(2, "z", Types.LongType.get()),
            Types.NestedField.optional(1, "a", Types.LongType.get()));
    List<Types.NestedField> more = new ArrayList<>(columns.columns());
    more.add(Types.NestedField.optional(3, "hidden", Types.LongType.get()));
    GenericRecord row = GenericRecord.create(new Schema(more));
    row.setField("z", 1L);
    row.setField("hidden", 1L);

    assertThat(new String(RowPayload.of(row, columns), UTF_8), is("{\"z\":1,\"a\":null}"));
  }

  private static String json(Type type, Object value) {
    Schema columns = new Schema(Types.NestedField.optional(1, "c", type));
    GenericRecord row = GenericRecord.create(columns);
    row.setField("c", value);
    String json = new String(RowPayload.of(row, columns), UTF_8);
    assertThat(json.startsWith("{\"c\":"), is(true));
    return json.substring(5, json.length() - 1);
  }
}
