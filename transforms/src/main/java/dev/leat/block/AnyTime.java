package dev.leat.block;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;

/** For functions whose outputs have whatever time their events have. */
public final class AnyTime {
  /**
   * The allowed timestamp skew of such a function: from the latest time to the earliest.
   *
   * <p>Not the largest {@link Duration}: {@code SimpleDoFnRunner.checkTimestamp} takes the skew
   * from the input's time for each output, and where that overflows it makes an exception, with the
   * stack of the runner's whole chain, to find that there is no bound.
   */
  public static final Duration SKEW =
      new Duration(BoundedWindow.TIMESTAMP_MIN_VALUE, BoundedWindow.TIMESTAMP_MAX_VALUE);

  private AnyTime() {}
}
