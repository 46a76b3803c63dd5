package dev.leat.pipelines.workflow;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableSet;
import dev.leat.aggregate.Aggregation;
import dev.leat.expression.Expression;
import dev.leat.field.FieldRef;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names that exist at a step: the envelope's, and those that steps before it derive. */
final class Scope {
  static final String EXPECTED_FIELD =
      "a field: a pointer into the payload such as /page, or a name such as tenant";

  private static final String PAYLOAD = "data";
  private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']*)'");
  private static final Pattern CONTAINER = Pattern.compile(" \\(in container '[^']*'\\)");

  /** The names of an event's fields, and those of columns that sinks know. */
  private static final ImmutableSet<String> TAKEN =
      ImmutableSet.<String>builder()
          .addAll(FieldRef.ENVELOPE)
          .add(PAYLOAD, "content_type", Aggregation.WINDOW_START, Aggregation.WINDOW_END)
          .build();

  private final PayloadShape payload;
  private final Set<String> derived = new LinkedHashSet<>();

  Scope(PayloadShape payload) {
    this.payload = payload;
  }

  /**
   * Makes a new name known, or reports why it cannot be one. Derived fields can be columns, and
   * readers of tables may ignore case, so names that differ by it alone are one.
   */
  void declare(String name, YamlValue place) {
    if (!FieldRef.isName(name)) {
      place.problem("expected a name of letters, digits and _, got '" + name + "'");
    } else if (contains(TAKEN, name)) {
      place.problem("'" + name + "' is taken; expected another than " + String.join(", ", TAKEN));
    } else if (!isVariable(name)) {
      place.problem("'" + name + "' is a word of the expression language; expected another name");
    } else if (contains(derived, name)) {
      place.problem("'" + name + "' is already the name of a derived field");
    } else {
      derived.add(name);
    }
  }

  private static boolean contains(Set<String> names, String name) {
    return names.stream().anyMatch(taken -> Ascii.equalsIgnoreCase(taken, name));
  }

  /** A place in an event that exists, as far as can be told. */
  Optional<FieldRef> field(YamlValue value) {
    return value
        .read(EXPECTED_FIELD, FieldRef::parse)
        .flatMap(field -> isKnown(field, value) ? Optional.of(field) : Optional.empty());
  }

  /** Whether the field exists, as far as can be told; reported if not. */
  boolean isKnown(FieldRef field, YamlValue place) {
    Optional<String> problem = payload.problemWith(field);
    if (problem.isEmpty() && !field.isInPayload()) {
      if (!field.isInEnvelope() && !derived.contains(field.root())) {
        problem =
            Optional.of(
                "unknown field '"
                    + field.root()
                    + "'"
                    + Spelling.hint(field.root(), names())
                    + "; a place in the payload begins with /");
      }
    }
    problem.ifPresent(place::problem);
    return problem.isEmpty();
  }

  /** An expression that names only what exists. */
  Optional<Expression> expression(YamlValue value) {
    return value
        .text("an expression in quotes, such as \"data.delta > 1000\"")
        .flatMap(text -> value.attempt(() -> compile(text)));
  }

  private Expression compile(String text) {
    try {
      return Expression.compile(text, derived);
    } catch (IllegalArgumentException e) {
      String message = CONTAINER.matcher(String.valueOf(e.getMessage())).replaceAll("");
      Matcher undeclared = UNDECLARED.matcher(message);
      if (undeclared.find() && !undeclared.group(1).startsWith("_")) {
        Set<String> known = new LinkedHashSet<>(List.of(PAYLOAD));
        known.addAll(names());
        message += Spelling.hint(undeclared.group(1), known);
      }
      throw new IllegalArgumentException(message, e);
    }
  }

  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>(FieldRef.ENVELOPE);
    names.addAll(derived);
    return names;
  }

  private static boolean isVariable(String name) {
    try {
      Expression.compile(name, ImmutableSet.of(name));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
