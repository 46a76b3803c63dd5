package dev.leat.block;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import dev.leat.testing.fixtures.CoderContract;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.junit.Test;

public class RowBlockCoderContractTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addDateTimeField("window_start")
          .addNullableStringField("page")
          .addInt64Field("edits")
          .addNullableField("added", Schema.FieldType.DECIMAL)
          .build();

  private static final Row FULL =
      Row.withSchema(SCHEMA)
          .addValues(Instant.ofEpochMilli(3_600_000), "水", 3L, new BigDecimal("1.50"))
          .build();
  private static final Row SPARSE =
      Row.withSchema(SCHEMA).addValues(Instant.EPOCH, null, -1L, null).build();

  @Test
  public void keepsContract() {
    CoderContract.check(
        RowBlockCoder.of(SCHEMA),
        RowBlock.of(List.of()),
        RowBlock.of(List.of(FULL)),
        RowBlock.of(List.of(FULL, SPARSE)),
        RowBlock.of(List.of(SPARSE, FULL)),
        RowBlock.of(Collections.nCopies(RowBlock.MAX_ROWS, FULL)));
  }

  @Test
  public void keepsContractOfEveryTypeOfColumn() {
    Schema schema =
        Schema.builder()
            .addNullableField("p95", Schema.FieldType.DOUBLE)
            .addArrayField("top", Schema.FieldType.DECIMAL)
            .addNullableField("wide", Schema.FieldType.DECIMAL)
            .build();

    CoderContract.check(
        RowBlockCoder.of(schema),
        RowBlock.of(
            List.of(
                Row.withSchema(schema)
                    .addValues(0.95, List.of(new BigDecimal("7"), new BigDecimal("1E-9")), null)
                    .build(),
                Row.withSchema(schema)
                    .addValues(null, List.of(), new BigDecimal("-123456789012345678901234567890.5"))
                    .build())));
  }

  @Test
  public void keepsContractOfOtherTypesAsWell() {
    Schema schema = Schema.builder().addByteArrayField("bytes").addInt32Field("small").build();

    CoderContract.check(
        RowBlockCoder.of(schema),
        RowBlock.of(List.of(Row.withSchema(schema).addValues(new byte[] {1}, 2).build())));
  }

  @Test
  public void refusesDamage() {
    CoderContract.checkDamaged(RowBlockCoder.of(SCHEMA), RowBlock.of(List.of(FULL, SPARSE)));
  }

  @Test
  public void refusesRowsWithoutAValueThatMustBeThere() {
    Row row = Row.withSchema(SCHEMA).attachValues(Instant.EPOCH, "a", null, null);

    assertThrows(
        IllegalArgumentException.class,
        () -> CoderUtils.encodeToByteArray(RowBlockCoder.of(SCHEMA), RowBlock.of(List.of(row))));
  }

  @Test
  public void isOfItsSchema() {
    Schema other = Schema.builder().addStringField("page").build();

    assertThat(RowBlockCoder.of(SCHEMA), equalTo(RowBlockCoder.of(SCHEMA)));
    assertThat(RowBlockCoder.of(SCHEMA), not(equalTo(RowBlockCoder.of(other))));
  }
}
