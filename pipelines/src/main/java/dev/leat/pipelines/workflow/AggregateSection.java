package dev.leat.pipelines.workflow;

import com.google.common.base.Ascii;
import dev.leat.aggregate.Aggregation;
import dev.leat.aggregate.Measure;
import dev.leat.field.FieldRef;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code aggregate}. */
final class AggregateSection {
  static final List<String> KEYS = List.of("by", "measures");
  static final String EXPECTED = "keys such as {by: [/page], measures: {edits: count}}";

  private static final String EXPECTED_MEASURES = "measures such as {edits: count}";

  private final Scope scope;
  private final Map<String, String> columns = new HashMap<>();
  private final Map<String, FieldRef> by = new LinkedHashMap<>();
  private final Map<String, Measure> measures = new LinkedHashMap<>();

  private AggregateSection(Scope scope) {
    this.scope = scope;
    columns.put(Aggregation.WINDOW_START, Aggregation.WINDOW_START);
    columns.put(Aggregation.WINDOW_END, Aggregation.WINDOW_END);
  }

  /** Empty if something was wrong, and reported. */
  static Optional<Aggregation> read(YamlMap map, Scope scope) {
    map.allow(KEYS);
    AggregateSection section = new AggregateSection(scope);
    map.get("by")
        .map(value -> value.list("a list of fields such as [/page, tenant]"))
        .orElse(List.of())
        .forEach(section::addField);
    map.required("measures", EXPECTED_MEASURES)
        .flatMap(value -> value.map(EXPECTED_MEASURES))
        .ifPresent(section::addMeasures);
    return section.measures.isEmpty()
        ? Optional.empty()
        : map.attempt(() -> Aggregation.of(section.by, section.measures));
  }

  private void addField(YamlValue item) {
    if (!item.isMap()) {
      scope.field(item).ifPresent(field -> addColumn(field, item));
      return;
    }
    YamlMap named = item.map("a field").orElseThrow();
    if (named.keys().size() != 1) {
      item.problem("expected one name and its field, such as {title: /page/title}");
    }
    named.forEach(
        (name, value) -> {
          boolean free = claim(name, item, "expected");
          scope.field(value).filter(field -> free).ifPresent(field -> by.put(name, field));
        });
  }

  private void addColumn(FieldRef field, YamlValue item) {
    if (claim(field.name(), item, "name the column, such as {title: " + field + "}: expected")) {
      by.put(field.name(), field);
    }
  }

  private void addMeasures(YamlMap map) {
    if (map.isEmpty()) {
      map.self().problem("expected " + EXPECTED_MEASURES + ", got none");
    }
    map.forEach(
        (name, value) -> {
          boolean free = claim(name, value, "expected");
          value
              .read("a measure such as sum(/added)", AggregateSection::measure)
              .filter(
                  measure -> measure.measuredField().map(f -> scope.isKnown(f, value)).orElse(true))
              .filter(measure -> free)
              .ifPresent(measure -> measures.put(name, measure));
        });
  }

  private static Measure measure(String text) {
    try {
      return Measure.parse(text);
    } catch (IllegalArgumentException e) {
      if (text.indexOf('(') >= 0 && text.indexOf(')') < 0) {
        throw new IllegalArgumentException(
            "'" + text + "' ends before its ); within {} a text with a comma needs quotes", e);
      }
      throw e;
    }
  }

  /** Takes a name for a column, or reports why it cannot. Readers of tables may ignore case. */
  private boolean claim(String name, YamlValue place, String expected) {
    if (!FieldRef.isName(name)) {
      place.problem(expected + " letters, digits and _ for a result column, got '" + name + "'");
      return false;
    }
    String other = columns.putIfAbsent(Ascii.toLowerCase(name), name);
    if (other != null) {
      String hint = other.startsWith("window_") ? "" : "; name one of them otherwise";
      place.problem("there is already a result column '" + other + "'" + hint);
    }
    return other == null;
  }
}
