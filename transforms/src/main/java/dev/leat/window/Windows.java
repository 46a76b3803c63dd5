package dev.leat.window;

import dev.leat.event.Event;
import java.time.Duration;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;

/**
 * Puts events into event-time windows. On bounded input each window gives one result; live, a
 * result at its end, earlier ones if asked, and a corrected one for events that come late but
 * within the allowed lateness. Results accumulate: each is the whole of its window so far. What
 * comes later than allowed is dropped by Beam at the next grouping, and counted there; the raw lake
 * still has it.
 *
 * <pre>{@code
 * events.apply("Hourly", Windows.fixed(Duration.ofHours(1)).allowedLateness(Duration.ofMinutes(10)))
 * }</pre>
 */
public final class Windows extends PTransform<PCollection<Event>, PCollection<Event>> {
  private static final long serialVersionUID = 1L;

  private final WindowSpec spec;

  private Windows(WindowSpec spec) {
    this.spec = spec;
  }

  public static Windows of(WindowSpec spec) {
    return new Windows(spec);
  }

  /** Windows of one length, one after the other; one begins at 1970-01-01T00:00Z. */
  public static Windows fixed(Duration size) {
    return of(WindowSpec.fixed(size));
  }

  /** Overlapping windows, one beginning every period. */
  public static Windows sliding(Duration size, Duration period) {
    return of(WindowSpec.sliding(size, period));
  }

  /** Per key: from an event until a gap without events. */
  public static Windows session(Duration gap) {
    return of(WindowSpec.session(gap));
  }

  /** Windows that begin later by so much, such as days that begin at 05:00Z. Default 0. */
  public Windows offset(Duration offset) {
    return of(spec.withOffset(offset));
  }

  /** How long after its window's end an event still counts, in event time. Default none. */
  public Windows allowedLateness(Duration lateness) {
    return of(spec.withAllowedLateness(lateness));
  }

  /** Live, results before the window ends, so often in processing time. Default none. */
  public Windows early(Duration every) {
    return of(spec.withEarly(every));
  }

  /** Live, results for late events gathered so long in processing time. Default one for each. */
  public Windows late(Duration every) {
    return of(spec.withLate(every));
  }

  public WindowSpec spec() {
    return spec;
  }

  @Override
  public PCollection<Event> expand(PCollection<Event> events) {
    // On bounded input a runner may still fire early, and the windows would have several results.
    boolean live = events.isBounded() == IsBounded.UNBOUNDED;
    return events.apply(
        Window.<Event>into(spec.windowFn())
            .triggering(live ? spec.trigger() : DefaultTrigger.of())
            .withAllowedLateness(spec.beamAllowedLateness())
            .accumulatingFiredPanes());
  }
}
