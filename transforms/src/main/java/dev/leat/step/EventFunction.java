package dev.leat.step;

import dev.leat.field.EventView;
import dev.leat.health.Counters;
import java.io.Serializable;

/** Looks at one event, and keeps, changes, drops or refuses it. */
public interface EventFunction extends Serializable {
  /** Called once on the worker before the first event. */
  default void open() {}

  /**
   * Works on one event.
   *
   * @return whether to keep it; what is not kept is counted
   * @throws dev.leat.deadletter.RejectedException if the event must become a dead letter
   */
  boolean apply(EventView event);

  /** The counter of what it does not keep; by default {@code filtered}. */
  default String dropsCountedAs() {
    return Counters.FILTERED;
  }

  /** Called once on the worker after the last event. */
  default void close() {}
}
