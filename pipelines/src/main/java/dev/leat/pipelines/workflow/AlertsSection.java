package dev.leat.pipelines.workflow;

import dev.leat.alert.AlertMetric;
import dev.leat.alert.AlertRule;
import dev.leat.io.spi.Durations;
import dev.leat.quality.Share;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code alerts}. */
final class AlertsSection {
  static final List<String> KEYS = List.of("metric", "above", "below", "for");
  static final List<String> METRICS =
      Arrays.stream(AlertMetric.values()).map(AlertMetric::text).toList();

  private static final List<String> SIDES = List.of("above", "below");
  private static final String EXPECTED_COUNT = "a whole number, 0 or more";
  private static final String EXPECTED_RATE = "a rate such as 100/s or 0.5/s";
  private static final Pattern RATE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)/s");

  private AlertsSection() {}

  /** What could be read. */
  static List<AlertRule> read(YamlValue section) {
    List<AlertRule> rules = new ArrayList<>();
    String example = "{metric: ingest_lag_p95, above: 60s, for: 5m}";
    for (YamlValue item : section.list("a list such as [" + example + "]")) {
      item.map("a rule such as " + example)
          .flatMap(AlertsSection::rule)
          .ifPresent(
              rule -> {
                if (rules.contains(rule)) {
                  item.problem("given twice");
                }
                rules.add(rule);
              });
    }
    return rules;
  }

  private static Optional<AlertRule> rule(YamlMap map) {
    boolean known = map.allow(KEYS);
    Optional<AlertMetric> metric =
        map.required("metric", "one of " + String.join(", ", METRICS))
            .flatMap(value -> Choices.read(value, METRICS))
            .map(text -> AlertMetric.valueOf(text.toUpperCase(Locale.ROOT)));
    Optional<Duration> lasting =
        map.get("for")
            .map(
                value ->
                    value.read(
                        Durations.EXPECTED,
                        text ->
                            Durations.parse(text, Duration.ZERO, Duration.ofDays(1), "0s to 1d")))
            .orElse(Optional.of(Duration.ZERO));
    List<String> sides = SIDES.stream().filter(map::has).toList();
    if (sides.size() != 1) {
      // An unknown key may be one of them, misspelt.
      if (known || sides.size() > 1) {
        map.self()
            .problem(
                "expected exactly one of above, below, got " + (sides.isEmpty() ? "none" : "both"));
      }
      return Optional.empty();
    }
    AlertRule.Side side = AlertRule.Side.valueOf(sides.get(0).toUpperCase(Locale.ROOT));
    YamlValue limit = map.get(sides.get(0)).orElseThrow();
    Optional<AlertRule> rule = metric.flatMap(it -> rule(it, side, limit));
    return rule.flatMap(it -> lasting.map(it::lasting));
  }

  private static Optional<AlertRule> rule(
      AlertMetric metric, AlertRule.Side side, YamlValue limit) {
    switch (metric.unit()) {
      case DURATION:
        return limit
            .read(
                Durations.EXPECTED,
                text -> Durations.parse(text, Duration.ZERO, Duration.ofDays(36500), "0s or more"))
            .map(it -> AlertRule.of(metric, side, it));
      case SHARE:
        return limit.read(Share.EXPECTED, Share::parse).map(it -> AlertRule.of(metric, side, it));
      case COUNT:
        return limit
            .number(EXPECTED_COUNT)
            .flatMap(number -> limit.attempt(() -> count(number)))
            .map(it -> AlertRule.ofCount(metric, side, it));
      default:
        return limit
            .read(EXPECTED_RATE, AlertsSection::rate)
            .map(it -> AlertRule.ofRate(metric, side, it));
    }
  }

  private static long count(BigDecimal number) {
    try {
      long count = number.longValueExact();
      if (count >= 0) {
        return count;
      }
    } catch (ArithmeticException e) {
      // Said below.
    }
    throw new IllegalArgumentException("expected " + EXPECTED_COUNT + ", got " + number);
  }

  private static BigDecimal rate(String text) {
    Matcher matcher = RATE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("expected " + EXPECTED_RATE + ", got '" + text + "'");
    }
    return new BigDecimal(matcher.group(1));
  }
}
