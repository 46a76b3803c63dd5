package dev.leat.pipelines.workflow;

import dev.leat.window.WindowSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads {@code window}. */
final class WindowSection {
  static final List<String> KEYS =
      List.of("fixed", "sliding", "every", "session", "allowedLateness", "early", "late");
  static final String EXPECTED = "windows such as {fixed: 1h}";

  private static final List<String> KINDS = List.of("fixed", "sliding", "session");
  private static final String EACH = "each";

  private final YamlMap map;

  private WindowSection(YamlMap map) {
    this.map = map;
  }

  /** Empty if something was wrong, and reported. */
  static Optional<WindowSpec> read(YamlMap map) {
    map.allow(KEYS);
    return new WindowSection(map).windows();
  }

  private Optional<WindowSpec> windows() {
    List<String> kinds = KINDS.stream().filter(map::has).collect(Collectors.toList());
    Optional<WindowSpec> windows = kinds.size() == 1 ? ofKind(kinds.get(0)) : Optional.empty();
    if (kinds.size() != 1) {
      map.self()
          .problem(
              "expected exactly one of fixed, sliding, session, got "
                  + (kinds.isEmpty() ? "none" : String.join(" and ", kinds)));
    } else if (map.has("every") && !map.has("sliding")) {
      map.problemAt("every", "only for sliding windows");
    }
    // Lateness and firings are checked even if the windows are wrong: all problems at once.
    WindowSpec checked = windows.orElseGet(() -> WindowSpec.fixed(Duration.ofHours(1)));
    Optional<WindowSpec> complete =
        with("allowedLateness", checked, lateness -> checked.withAllowedLateness(lateness))
            .flatMap(spec -> with("early", spec, spec::withEarly))
            .flatMap(
                spec -> isLateForEach() ? Optional.of(spec) : with("late", spec, spec::withLate));
    return windows.flatMap(found -> complete);
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

  private Optional<WindowSpec> with(
      String key, WindowSpec spec, Function<Duration, WindowSpec> wither) {
    if (!map.has(key)) {
      return Optional.of(spec);
    }
    return duration(key).flatMap(value -> map.attempt(() -> wither.apply(value)));
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
