package dev.leat.deadletter;

import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import dev.leat.testing.fixtures.CoderContract;
import java.time.Instant;
import java.util.Arrays;
import org.junit.Test;

public class DeadLetterCoderContractTest {
  private static final Payload BYTES = Payload.of(new byte[] {'{', 0, (byte) 0xFF});
  private static final Lineage LINE =
      Lineage.of(Instant.ofEpochMilli(1_442_062_800_123L), "file:///a.jsonl", 0, 17);

  @Test
  public void keepsContractInEachField() {
    CoderContract.check(
        DeadLetterCoder.of(),
        DeadLetter.of(BYTES, Reason.MALFORMED, "not JSON", "Parse", LINE),
        DeadLetter.of(BYTES, Reason.MALFORMED, "not JSON", "Parse", null),
        DeadLetter.of(BYTES, Reason.MALFORMED, "not JSON", "Parse", LINE).withAttempt(300),
        DeadLetter.of(Payload.empty(), Reason.MALFORMED, "not JSON", "Parse", LINE),
        DeadLetter.of(BYTES, Reason.MALFORMED, "", "Parse", LINE),
        DeadLetter.of(BYTES, Reason.MALFORMED, "not JSON", "水", LINE),
        DeadLetter.of(
            BYTES, Reason.MALFORMED, "not JSON", "Parse", Lineage.of(Instant.EPOCH, "", -1, -1)));
  }

  @Test
  public void keepsContractForEachReason() {
    CoderContract.check(
        DeadLetterCoder.of(),
        Arrays.stream(Reason.values())
            .map(reason -> DeadLetter.of(BYTES, reason, "detail", "Step", LINE))
            .toArray(DeadLetter[]::new));
  }

  @Test
  public void refusesDamage() {
    CoderContract.checkDamaged(
        DeadLetterCoder.of(), DeadLetter.of(BYTES, Reason.MALFORMED, "not JSON", "Parse", LINE));
  }
}
