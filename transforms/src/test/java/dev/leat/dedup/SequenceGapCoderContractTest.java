package dev.leat.dedup;

import dev.leat.testing.fixtures.CoderContract;
import org.junit.Test;

public class SequenceGapCoderContractTest {
  @Test
  public void keepsContract() {
    CoderContract.check(
        SequenceGapCoder.of(),
        SequenceGap.of("a", 1, 2),
        SequenceGap.of("", 1, 2),
        SequenceGap.of("水", 1, 2),
        SequenceGap.of("a", 0, 2),
        SequenceGap.of("a", 1, 1),
        SequenceGap.of("a", Long.MIN_VALUE, Long.MAX_VALUE));
  }

  @Test
  public void refusesDamage() {
    CoderContract.checkDamaged(SequenceGapCoder.of(), SequenceGap.of("a", 1, 200));
  }
}
