package dev.leat.step;

import dev.leat.deadletter.Outcome;
import dev.leat.event.Event;
import dev.leat.expression.Expression;
import dev.leat.field.EventView;
import dev.leat.field.PayloadReader;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

/**
 * Keeps the events for which an expression is true; the others are counted as {@code filtered}. An
 * event for which it has no value becomes a dead letter.
 *
 * <pre>{@code
 * events.apply("People only", FilterEvents.where("!data.isRobot")).failuresTo(rejected)
 * }</pre>
 */
public final class FilterEvents extends PTransform<PCollection<Event>, Outcome<Event>> {
  private static final long serialVersionUID = 1L;

  private final Expression condition;
  private final PayloadReader reader;

  private FilterEvents(Expression condition, PayloadReader reader) {
    this.condition = condition;
    this.reader = reader;
  }

  /**
   * @param condition a CEL expression, see {@link Expression}
   * @throws IllegalArgumentException if it is none
   */
  public static FilterEvents where(String condition) {
    return new FilterEvents(Expression.compile(condition, Set.of()), PayloadReader.plain());
  }

  /** A condition that may name derived fields. */
  public static FilterEvents where(Expression condition) {
    return new FilterEvents(condition, PayloadReader.plain());
  }

  /** How payloads are read; needed for text lines. Default: by content type. */
  public FilterEvents withReader(PayloadReader reader) {
    return new FilterEvents(condition, reader);
  }

  /** The function alone, to be run with others in {@link EventSteps}. */
  public static EventFunction function(Expression condition) {
    return new Condition(condition);
  }

  @Override
  public Outcome<Event> expand(PCollection<Event> events) {
    return events.apply(EventSteps.onEvents("filter", reader, List.of(function(condition))));
  }

  private record Condition(Expression expression) implements EventFunction {
    @Override
    public boolean apply(EventView event) {
      return expression.test(event);
    }
  }
}
