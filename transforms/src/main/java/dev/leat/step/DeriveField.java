package dev.leat.step;

import dev.leat.deadletter.Outcome;
import dev.leat.event.Event;
import dev.leat.expression.Expression;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

/**
 * Adds a derived field, the value of an expression. An event for which it has none becomes a dead
 * letter.
 *
 * <pre>{@code
 * events.apply("Mark big", DeriveField.named("big").as("data.delta > 1000")).failuresTo(rejected)
 * }</pre>
 */
public final class DeriveField extends PTransform<PCollection<Event>, Outcome<Event>> {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final Expression value;
  private final PayloadReader reader;

  private DeriveField(String field, Expression value, PayloadReader reader) {
    this.field = field;
    this.value = value;
    this.reader = reader;
  }

  /**
   * Begins with the field's name.
   *
   * @throws IllegalArgumentException if it is no name, or the name of an envelope field
   */
  public static Named named(String field) {
    if (!FieldRef.isName(field) || FieldRef.ENVELOPE.contains(field) || field.equals("data")) {
      throw new IllegalArgumentException(
          "expected a name of letters, digits and _ that no field has yet, got '" + field + "'");
    }
    return new Named(field);
  }

  /** A name that waits for its value. */
  public record Named(String field) {
    /**
     * @param value a CEL expression, see {@link Expression}
     * @throws IllegalArgumentException if it is none
     */
    public DeriveField as(String value) {
      return as(Expression.compile(value, Set.of()));
    }

    /** A value that may name other derived fields. */
    public DeriveField as(Expression value) {
      return new DeriveField(field, value, PayloadReader.plain());
    }
  }

  /** How payloads are read; needed for text lines. Default: by content type. */
  public DeriveField withReader(PayloadReader reader) {
    return new DeriveField(field, value, reader);
  }

  /** The function alone, to be run with others in {@link EventSteps}. */
  public static EventFunction function(String field, Expression value) {
    return new Derivation(field, value);
  }

  @Override
  public Outcome<Event> expand(PCollection<Event> events) {
    return events.apply(
        EventSteps.onEvents("let " + field, reader, List.of(function(field, value))));
  }

  private record Derivation(String field, Expression value) implements EventFunction {
    @Override
    public boolean apply(EventView event) {
      event.derive(field, value.evaluate(event));
      return true;
    }
  }
}
