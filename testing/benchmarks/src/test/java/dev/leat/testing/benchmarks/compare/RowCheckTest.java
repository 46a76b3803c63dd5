package dev.leat.testing.benchmarks.compare;

import static dev.leat.testing.benchmarks.compare.RowCheck.differences;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.junit.Test;

public class RowCheckTest {
  private static final List<String> EXPECTED = List.of("a|1", "b|2", "c|3");

  @Test
  public void sameRowsDoNotDiffer() {
    assertThat(differences(EXPECTED, List.of("a|1", "b|2", "c|3")), is(0L));
  }

  @Test
  public void aMissingRowDiffers() {
    assertThat(differences(EXPECTED, List.of("a|1", "c|3")), is(1L));
    assertThat(differences(EXPECTED, List.of("a|1", "b|2")), is(1L));
    assertThat(differences(EXPECTED, List.of()), is(3L));
  }

  @Test
  public void aRowTooManyDiffers() {
    assertThat(differences(EXPECTED, List.of("a|1", "b|2", "c|3", "d|4")), is(1L));
    assertThat(differences(EXPECTED, List.of("a|0", "a|1", "b|2", "c|3")), is(1L));
  }

  @Test
  public void aRowThatComesTwiceDiffers() {
    assertThat(differences(EXPECTED, List.of("a|1", "b|2", "b|2", "c|3")), is(1L));
  }

  @Test
  public void aWrongNumberIsOneRowMissingAndOneTooMany() {
    assertThat(differences(EXPECTED, List.of("a|1", "b|9", "c|3")), is(2L));
  }
}
