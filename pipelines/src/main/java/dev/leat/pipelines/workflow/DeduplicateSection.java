package dev.leat.pipelines.workflow;

import dev.leat.io.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads {@code deduplicate}. */
final class DeduplicateSection {
  static final List<String> KEYS = List.of("by", "horizon", "reportAfter");
  static final String EXPECTED = "keys such as {by: id, horizon: 1d}";

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(30);
  private static final Duration REPORT_AFTER = Duration.ofHours(1);

  private DeduplicateSection() {}

  /**
   * @param events absent if they are CloudEvents, which may have a sequence
   */
  static Optional<Deduplication> read(YamlMap section, Optional<EventsSection> events) {
    section.allow(KEYS);
    Optional<YamlValue> by = section.get("by");
    if (by.filter(it -> it.isText("sequence")).isPresent()) {
      return bySequence(section, by.get(), events);
    }
    by.ifPresent(it -> Choices.read(it, List.of("id", "sequence")));
    if (section.has("reportAfter")) {
      section.problemAt("reportAfter", "only beside by: sequence");
    }
    return section
        .required("horizon", Durations.EXPECTED)
        .flatMap(DeduplicateSection::duration)
        .map(Deduplication.ById::new);
  }

  private static Optional<Deduplication> bySequence(
      YamlMap section, YamlValue by, Optional<EventsSection> events) {
    if (section.has("horizon")) {
      section.problemAt(
          "horizon", "only beside by: id; by sequence a repeat is told however late it comes");
    }
    if (events.isPresent() && !events.get().hasSequence()) {
      by.problem(
          "expected a sequence in events, such as sequence: /n, because an event without a number"
              + " is a dead letter");
    }
    return section
        .get("reportAfter")
        .map(DeduplicateSection::duration)
        .orElse(Optional.of(REPORT_AFTER))
        .map(Deduplication.BySequence::new);
  }

  private static Optional<Duration> duration(YamlValue value) {
    return value.read(
        Durations.EXPECTED, text -> Durations.parse(text, SHORTEST, LONGEST, "1s to 30d"));
  }
}
