package dev.leat.step;

import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.field.EventView;
import dev.leat.health.Counters;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.metrics.Counter;

/**
 * Functions that run on an event one after the other, as one step.
 *
 * @param step the name that dead letters carry
 */
public record EventChain(String step, List<EventFunction> functions) implements Serializable {
  private static final Counter REFUSED = Counters.counter(Counters.DEAD_LETTERS);

  public EventChain {
    functions = List.copyOf(functions);
  }

  /** Called once on the worker before the first event. */
  public void open() {
    functions.forEach(EventFunction::open);
  }

  /** Called once on the worker after the last event. */
  public void close() {
    functions.forEach(EventFunction::close);
  }

  /**
   * Runs the functions on an event, which may change it.
   *
   * @return whether it is kept; if not it has been counted, or is a dead letter
   */
  public boolean apply(EventView view, Consumer<DeadLetter> deadLetters) {
    Event given = view.event();
    try {
      for (EventFunction function : functions) {
        if (!function.apply(view)) {
          Counters.counter(function.dropsCountedAs()).inc();
          return false;
        }
      }
      return true;
    } catch (RejectedException e) {
      REFUSED.inc();
      deadLetters.accept(DeadLetter.of(given, e, step));
      return false;
    }
  }
}
