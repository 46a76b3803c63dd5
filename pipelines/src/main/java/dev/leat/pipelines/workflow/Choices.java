package dev.leat.pipelines.workflow;

import java.util.List;
import java.util.Optional;

/** Words of which one must be chosen. */
final class Choices {
  private Choices() {}

  static Optional<String> read(YamlValue value, List<String> known) {
    String expected = (known.size() == 1 ? "" : "one of ") + String.join(", ", known);
    return value.read(
        expected,
        text -> {
          if (known.contains(text)) {
            return text;
          }
          String guess =
              Spelling.nearest(text, known).map(it -> "; did you mean '" + it + "'?").orElse("");
          throw new IllegalArgumentException(
              "expected " + expected + ", got '" + text + "'" + guess);
        });
  }
}
