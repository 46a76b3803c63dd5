package dev.leat.pipelines.run;

import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.window.WindowSpec;
import java.time.Instant;

/**
 * A range of event time must not cut a window in two: its row would be made of a part of its
 * events, and take the place of the whole one.
 */
public final class WholeWindows {
  private WholeWindows() {}

  /**
   * @throws UsageException if the range can cut a window of the workflow
   */
  public static void check(Workflow workflow, TimeRange range) {
    workflow.window().ifPresent(window -> check(window, range));
  }

  private static void check(WindowSpec window, TimeRange range) {
    if (window.kind() != WindowSpec.Kind.FIXED) {
      throw new UsageException(
          "--eventTimeStart, --eventTimeEnd: expected fixed windows, because a range cuts sliding and"
              + " session windows in two; run the workflow over all events");
    }
    TimeRange always = TimeRange.always();
    if (!range.start().equals(always.start())) {
      checkEdge("--eventTimeStart", range.start(), window);
    }
    if (!range.end().equals(always.end())) {
      checkEdge("--eventTimeEnd", range.end(), window);
    }
  }

  private static void checkEdge(String option, Instant edge, WindowSpec window) {
    Instant before = Instant.ofEpochMilli(window.lastStart(edge.toEpochMilli()));
    if (!edge.equals(before)) {
      throw new UsageException(
          option
              + ": expected a time at which a window of "
              + WindowSpec.text(window.size())
              + " begins, such as "
              + before
              + ", got "
              + edge);
    }
  }
}
