package dev.leat.pipelines.workflow;

import dev.leat.io.spi.Durations;
import dev.leat.window.WindowSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Reads {@code window}. */
final class WindowSection {
  static final List<String> KEYS =
      List.of("fixed", "sliding", "every", "session", "offset", "allowedLateness", "early", "late");
  static final String EXPECTED = "windows such as {fixed: 1h}";

  private static final List<String> KINDS = List.of("fixed", "sliding", "session");
  private static final String EACH = "each";

  private final YamlMap map;

  private WindowSection(YamlMap map) {
    this.map = map;
  }

  /** Some windows or other if something was wrong, and reported. */
  static WindowSpec read(YamlMap map) {
    map.allow(KEYS);
    WindowSection section = new WindowSection(map);
    WindowSpec spec = section.windows().orElseGet(() -> WindowSpec.fixed(Duration.ofHours(1)));
    spec = section.with("offset", spec, WindowSpec::withOffset);
    spec = section.with("allowedLateness", spec, WindowSpec::withAllowedLateness);
    spec = section.with("early", spec, WindowSpec::withEarly);
    return section.isLateForEach() ? spec : section.with("late", spec, WindowSpec::withLate);
  }

  private Optional<WindowSpec> windows() {
    List<String> kinds = KINDS.stream().filter(map::has).collect(Collectors.toList());
    if (kinds.size() != 1) {
      map.self()
          .problem(
              "expected exactly one of fixed, sliding, session, got "
                  + (kinds.isEmpty() ? "none" : String.join(" and ", kinds)));
      return Optional.empty();
    }
    if (map.has("every") && !map.has("sliding")) {
      map.problemAt("every", "only for sliding windows");
    }
    return ofKind(kinds.get(0));
  }

  private Optional<WindowSpec> ofKind(String kind) {
    Optional<Duration> size = duration(kind);
    Optional<Duration> every =
        kind.equals("sliding")
            ? map.required("every", Durations.EXPECTED).flatMap(value -> duration("every"))
            : Optional.empty();
    if (size.isEmpty() || (kind.equals("sliding") && every.isEmpty())) {
      return Optional.empty();
    }
    switch (kind) {
      case "fixed":
        return map.attempt(() -> WindowSpec.fixed(size.get()));
      case "session":
        return map.attempt(() -> WindowSpec.session(size.get()));
      default:
        return map.attempt(() -> WindowSpec.sliding(size.get(), every.orElseThrow()));
    }
  }

  private WindowSpec with(
      String key, WindowSpec spec, BiFunction<WindowSpec, Duration, WindowSpec> wither) {
    return duration(key)
        .flatMap(value -> map.attempt(() -> wither.apply(spec, value)))
        .orElse(spec);
  }

  private Optional<Duration> duration(String key) {
    String expected = (key.equals("late") ? "each, or " : "") + Durations.EXPECTED;
    return map.get(key)
        .flatMap(value -> value.read(expected, text -> Durations.parse(text, expected)));
  }

  private boolean isLateForEach() {
    return map.get("late").map(late -> late.isText(EACH)).orElse(false);
  }
}
