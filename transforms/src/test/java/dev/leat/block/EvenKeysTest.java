package dev.leat.block;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.util.List;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.junit.Test;

/** Where keys land is tested with the runner. */
public final class EvenKeysTest {
  /**
   * They are in the checkpoints of live runs: who changes them gives the steps behind the shuffle
   * another name, or a run that goes on would not find what it remembers.
   */
  @Test
  public void givesTheKeysThatCheckpointsHave() {
    List<Integer> numbers = EvenKeys.live(64, VarIntCoder.of(), Integer::valueOf);

    assertThat(numbers.subList(0, 4), is(List.of(6, 122, 83, 10)));
    assertThat(numbers.hashCode(), is(-586563654));
  }

  @Test
  public void refusesMoreKeysThanPlaces() {
    assertThrows(
        IllegalArgumentException.class,
        () -> EvenKeys.bounded(961, VarIntCoder.of(), Integer::valueOf));
    assertThrows(
        IllegalArgumentException.class,
        () -> EvenKeys.live(48, VarIntCoder.of(), Integer::valueOf));
  }

  @Test
  public void givesUpIfNoCandidateLandsInAPlace() {
    assertThrows(
        IllegalStateException.class, () -> EvenKeys.bounded(2, VarIntCoder.of(), number -> 1));
  }
}
