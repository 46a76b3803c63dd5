package dev.leat.ingest;

import dev.leat.event.Payload;
import dev.leat.testing.fixtures.CoderContract;
import org.junit.Test;

public class RawRecordCoderContractTest {
  private static final RawRecord LINE =
      RawRecord.of(Payload.utf8("{\"a\":1}"), "file:///a.jsonl", 0, 1);

  @Test
  public void keepsContractInEachField() {
    CoderContract.check(
        RawRecordCoder.of(),
        LINE,
        LINE.toBuilder().data(Payload.empty()).build(),
        LINE.toBuilder().data(Payload.of(new byte[] {0, (byte) 0xFF, (byte) 0xC0})).build(),
        LINE.toBuilder().origin("").build(),
        LINE.toBuilder().origin("kafka://水/thema").build(),
        LINE.toBuilder().partition(Integer.MIN_VALUE).build(),
        LINE.toBuilder().partition(Integer.MAX_VALUE).build(),
        LINE.toBuilder().offset(Long.MIN_VALUE).build(),
        LINE.toBuilder().offset(Long.MAX_VALUE).build(),
        LINE.toBuilder().header("").build(),
        LINE.toBuilder().header("id,name").build(),
        LINE.toBuilder().attempt(1).build(),
        LINE.toBuilder().attempt(Integer.MAX_VALUE).build(),
        LINE.toBuilder().problem("").build(),
        LINE.toBuilder().header("id,name").problem("longer than 16777216 bytes").build());
  }

  @Test
  public void refusesDamage() {
    CoderContract.checkDamaged(
        RawRecordCoder.of(), LINE.toBuilder().header("id").problem("cut off").build());
  }
}
