package dev.leat.io.spi;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.junit.Test;

public class PartsTest {
  @Test
  public void smallItemsShareAPartAndLargeOnesHaveTheirOwn() {
    List<List<Long>> parts = Parts.of(List.of(4L, 5L, 1L, 30L, 2L, 9L, 3L), size -> size, 80);

    assertThat(parts, is(List.of(List.of(4L, 5L, 1L), List.of(30L), List.of(2L, 9L), List.of(3L))));
  }

  @Test
  public void aRunnerThatAsksForNothingGetsAllApart() {
    assertThat(Parts.of(List.of(1L, 2L), size -> size, 0), is(List.of(List.of(1L), List.of(2L))));
  }

  @Test
  public void ofNothingThereIsNone() {
    assertThat(Parts.of(List.<Long>of(), size -> size, 80), is(List.of()));
  }
}
