package dev.leat.pipelines.workflow;

import dev.leat.field.FieldRef;
import dev.leat.io.spi.Durations;
import dev.leat.quality.QualityRule;
import dev.leat.quality.Share;
import dev.leat.window.WindowSpec;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code quality}. */
final class QualitySection {
  static final List<String> KEYS = List.of("field", "nulls", "between", "except", "volume", "rows");
  static final List<String> VOLUME_KEYS = List.of("dropMoreThan", "against");
  static final List<String> ROWS_KEYS = List.of("min", "max");

  private static final List<String> KINDS = List.of("nulls", "between", "volume", "rows");
  private static final String EXPECTED_BETWEEN = "two numbers such as [-100, 5000]";
  private static final String EXPECTED_VOLUME = "keys such as {dropMoreThan: 50%, against: 24h}";

  private final Optional<WindowSpec> window;
  private final Scope scope;

  private QualitySection(Optional<WindowSpec> window, Scope scope) {
    this.window = window;
    this.scope = scope;
  }

  /** What could be read. */
  static List<QualityRule> read(YamlValue section, Optional<WindowSpec> window, Scope scope) {
    QualitySection reader = new QualitySection(window, scope);
    List<QualityRule> rules = new ArrayList<>();
    for (YamlValue item : section.list("a list such as [{field: /page, nulls: 0%}]")) {
      item.map("a rule such as {field: /page, nulls: 0%}")
          .flatMap(reader::rule)
          .ifPresent(rules::add);
    }
    return rules;
  }

  private Optional<QualityRule> rule(YamlMap map) {
    boolean known = map.allow(KEYS);
    List<String> kinds = KINDS.stream().filter(map::has).toList();
    if (kinds.size() != 1) {
      // An unknown key may be the kind, misspelt.
      if (known || kinds.size() > 1) {
        map.self()
            .problem(
                "expected exactly one of nulls, between, volume, rows, got "
                    + (kinds.isEmpty() ? "none" : String.join(" and ", kinds)));
      }
      return Optional.empty();
    }
    String kind = kinds.get(0);
    if (map.has("except") && !kind.equals("between")) {
      map.problemAt("except", "only beside between");
    }
    if (kind.equals("nulls") || kind.equals("between")) {
      Optional<FieldRef> field = map.required("field", Scope.EXPECTED_FIELD).flatMap(scope::field);
      return kind.equals("nulls") ? nulls(map, field) : between(map, field);
    }
    if (map.has("field")) {
      map.problemAt("field", "only beside nulls or between");
    }
    return kind.equals("volume") ? volume(map) : rows(map);
  }

  private static Optional<QualityRule> nulls(YamlMap map, Optional<FieldRef> field) {
    Optional<Share> atMost = share(map, "nulls");
    return field.flatMap(it -> atMost.map(share -> QualityRule.nulls(it, share)));
  }

  private static Optional<QualityRule> between(YamlMap map, Optional<FieldRef> field) {
    Optional<Share> except =
        map.has("except") ? share(map, "except") : Optional.of(new Share(BigDecimal.ZERO));
    YamlValue limits = map.get("between").orElseThrow();
    List<YamlValue> items = limits.list(EXPECTED_BETWEEN);
    if (items.size() != 2) {
      if (!items.isEmpty()) {
        limits.problem("expected " + EXPECTED_BETWEEN + ", got " + items.size());
      }
      return Optional.empty();
    }
    Optional<BigDecimal> least = items.get(0).number("a number");
    Optional<BigDecimal> most = items.get(1).number("a number");
    if (field.isEmpty() || except.isEmpty() || least.isEmpty() || most.isEmpty()) {
      return Optional.empty();
    }
    return map.attempt(
        () -> QualityRule.between(field.get(), least.get(), most.get(), except.get()));
  }

  private Optional<QualityRule> volume(YamlMap map) {
    Optional<YamlMap> volume = map.get("volume").flatMap(value -> value.map(EXPECTED_VOLUME));
    if (window.isEmpty()) {
      map.problemAt(
          "volume",
          "expected a window beside it, such as window: {fixed: 1h}, of which one is compared with"
              + " another");
    }
    if (volume.isEmpty()) {
      return Optional.empty();
    }
    YamlMap keys = volume.get();
    keys.allow(VOLUME_KEYS);
    Optional<Share> most =
        keys.required("dropMoreThan", Share.EXPECTED)
            .flatMap(unused -> share(keys, "dropMoreThan"));
    Optional<Duration> against =
        keys.required("against", Durations.EXPECTED)
            .flatMap(
                value ->
                    value.read(
                        Durations.EXPECTED, text -> Durations.parse(text, Durations.EXPECTED)));
    if (most.isEmpty() || against.isEmpty() || window.isEmpty()) {
      return Optional.empty();
    }
    return keys.attempt(() -> QualityRule.volume(most.get(), against.get(), window.get()));
  }

  private static Optional<QualityRule> rows(YamlMap map) {
    Optional<YamlMap> rows = map.get("rows").flatMap(value -> value.map("keys such as {min: 1}"));
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    YamlMap keys = rows.get();
    if (keys.allow(ROWS_KEYS) && keys.isEmpty()) {
      keys.self().problem("expected min, max or both, got none");
    }
    Optional<Long> least = keys.has("min") ? count(keys, "min") : Optional.of(0L);
    Optional<Long> most = count(keys, "max");
    if (least.isEmpty() || (keys.has("max") && most.isEmpty())) {
      return Optional.empty();
    }
    return keys.attempt(() -> QualityRule.rows(least.get(), most));
  }

  private static Optional<Share> share(YamlMap map, String key) {
    return map.get(key).flatMap(value -> value.read(Share.EXPECTED, Share::parse));
  }

  private static Optional<Long> count(YamlMap map, String key) {
    String expected = "a whole number of rows, 0 or more";
    return map.get(key)
        .flatMap(
            value ->
                value
                    .number(expected)
                    .flatMap(
                        number ->
                            value.attempt(
                                () -> {
                                  try {
                                    return number.longValueExact();
                                  } catch (ArithmeticException e) {
                                    throw new IllegalArgumentException(
                                        "expected " + expected + ", got " + number, e);
                                  }
                                })));
  }
}
