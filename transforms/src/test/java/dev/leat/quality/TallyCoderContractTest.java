package dev.leat.quality;

import dev.leat.testing.fixtures.CoderContract;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class TallyCoderContractTest {
  private static final Tally FULL =
      Tally.ofEvents(
          3, -5, List.of(Map.of(), Map.of(0L, 1L), Map.of(-3_600_000L, 1L, 3_600_000L, 2L)));

  @Test
  public void keepsContract() {
    CoderContract.check(
        Tally.TallyCoder.of(), Tally.sum(List.of()), Tally.ofRows(1), Tally.ofRows(500), FULL);
  }

  @Test
  public void refusesDamage() {
    CoderContract.checkDamaged(Tally.TallyCoder.of(), FULL);
  }
}
