package dev.leat.testing.benchmarks.compare;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.util.List;
import org.junit.Test;

public class StatisticsTest {
  @Test
  public void ofAnOddNumberTheMiddleOneIsTheMedian() {
    Statistics statistics = Statistics.of(List.of(9.0, 1.0, 2.0));

    assertThat(statistics, is(new Statistics(2.0, 1.0, 9.0)));
  }

  @Test
  public void ofAnEvenNumberTheMeanOfTheTwoInTheMiddleIsTheMedian() {
    Statistics statistics = Statistics.of(List.of(4.0, 1.0, 10.0, 2.0));

    assertThat(statistics, is(new Statistics(3.0, 1.0, 10.0)));
  }

  @Test
  public void nothingHasNoMedian() {
    assertThrows(IllegalArgumentException.class, () -> Statistics.of(List.of()));
  }
}
