package dev.leat.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An expression on an event, in the Common Expression Language (<a
 * href="https://github.com/google/cel-spec">CEL</a>): {@code data.delta > 1000 && tenant !=
 * "test"}.
 *
 * <p>{@code data} is the payload; {@code id}, {@code source}, {@code type}, {@code subject}, {@code
 * time} (a timestamp), {@code tenant}, {@code sequence} are the envelope; derived fields have their
 * names. A payload's integers are CEL ints, other numbers doubles; in CSV and text a cell that is
 * written as a JSON number is one. What is missing can be asked for with {@code has(data.x)}; using
 * it makes the event a dead letter.
 */
public final class Expression implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final CelOptions OPTIONS =
      CelOptions.current().enableHeterogeneousNumericComparisons(true).build();

  private static final ImmutableMap<String, FieldRef> ENVELOPE =
      Maps.toMap(FieldRef.ENVELOPE, FieldRef::parse);

  private final String text;
  private final ImmutableSet<String> derived;
  private transient CelRuntime.@Nullable Program program;

  private Expression(String text, ImmutableSet<String> derived) {
    this.text = text;
    this.derived = derived;
  }

  /**
   * Checks an expression.
   *
   * @param derived the names of the fields that are derived before it
   * @throws IllegalArgumentException if it is none, or names what is not there; the message has the
   *     place
   */
  public static Expression compile(String text, Set<String> derived) {
    Expression expression = new Expression(text, ImmutableSet.copyOf(derived));
    expression.program();
    return expression;
  }

  /**
   * The value for an event.
   *
   * @throws RejectedException if it has none: a field is missing, or of another type than is
   *     needed, or the payload cannot be read
   */
  public JsonNode evaluate(EventView view) {
    try {
      return CelValues.toJson(program().eval(name -> variable(view, name)));
    } catch (CelEvaluationException | IllegalArgumentException e) {
      // CEL wraps what is thrown while it asks for a variable: a payload that cannot be read.
      throw e.getCause() instanceof RejectedException
          ? (RejectedException) e.getCause()
          : new RejectedException(Reason.EXPRESSION, "'" + text + "': " + reasonOf(e));
    }
  }

  /**
   * The value as true or false.
   *
   * @throws RejectedException if it is neither, or has none
   */
  public boolean test(EventView view) {
    JsonNode value = evaluate(view);
    if (!value.isBoolean()) {
      throw new RejectedException(
          Reason.EXPRESSION, "'" + text + "': expected true or false, got another value");
    }
    return value.booleanValue();
  }

  private Optional<Object> variable(EventView view, String name) {
    Event event = view.event();
    if (derived.contains(name)) {
      JsonNode value = event.derived().path(name);
      return value.isMissingNode() ? Optional.empty() : Optional.of(CelValues.fromJson(value));
    }
    switch (name) {
      case "data":
        return Optional.of(
            event.contentType().startsWith("text/")
                ? CelValues.fromText(view.payload())
                : CelValues.fromJson(view.payload()));
      case "time":
        return Optional.of(event.time());
      default:
        JsonNode value = view.at(Objects.requireNonNull(ENVELOPE.get(name)));
        return Optional.of(value.isMissingNode() ? CelValues.NULL : CelValues.fromJson(value));
    }
  }

  private CelRuntime.Program program() {
    CelRuntime.Program current = program;
    if (current == null) {
      CelBuilder builder =
          CelFactory.standardCelBuilder()
              .setOptions(OPTIONS)
              .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
              .addVar("data", SimpleType.DYN)
              .addVar("time", SimpleType.TIMESTAMP);
      for (String name : FieldRef.ENVELOPE) {
        if (!name.equals("time") && !derived.contains(name)) {
          builder.addVar(name, name.equals("sequence") ? SimpleType.DYN : nullableText(name));
        }
      }
      derived.forEach(name -> builder.addVar(name, SimpleType.DYN));
      current = compile(builder.build());
      program = current;
    }
    return current;
  }

  private static dev.cel.common.types.CelType nullableText(String name) {
    return name.equals("subject") || name.equals("schema") ? SimpleType.DYN : SimpleType.STRING;
  }

  private CelRuntime.Program compile(Cel cel) {
    try {
      CelAbstractSyntaxTree tree = cel.compile(text).getAst();
      return cel.createProgram(tree);
    } catch (CelValidationException e) {
      throw new IllegalArgumentException(
          e.getErrors().stream()
              .map(
                  issue ->
                      "at character "
                          + (issue.getSourceLocation().getColumn() + 1)
                          + ": "
                          + issue.getMessage())
              .collect(Collectors.joining("; ")),
          e);
    } catch (CelEvaluationException e) {
      throw new IllegalArgumentException(reasonOf(e), e);
    }
  }

  /**
   * CEL's messages name fields and types, and can quote a value after a colon-less {@code value}.
   */
  private static String reasonOf(Exception e) {
    String message = String.valueOf(e.getMessage());
    String first = message.lines().findFirst().orElse("failed");
    return first.replaceFirst("^evaluation error( at <input>:\\d+)?: ", "");
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
