package dev.leat.testing.benchmarks.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What one contender did at one size.
 *
 * @param startUps the same over so few events that they are start-up and nothing else
 */
public record Result(
    Contender contender,
    long events,
    long startUpEvents,
    List<Trial> startUps,
    List<Trial> trials) {

  /** {@code equal}, or what is wrong: no number may be shown without it. */
  String verdict() {
    String failure = all().filter(Trial::hasFailed).map(Trial::failure).findFirst().orElse("");
    long differences = differences();
    if (!failure.isEmpty()) {
      return "failed (" + failure + ")";
    }
    return differences == 0 ? "equal" : "wrong (%,d rows differ)".formatted(differences);
  }

  boolean isRight() {
    return all().noneMatch(Trial::hasFailed) && differences() == 0;
  }

  boolean hasFailed() {
    return all().anyMatch(Trial::hasFailed);
  }

  /** Of whole processes. */
  Statistics seconds() {
    return statistics(trials);
  }

  Statistics startUp() {
    return statistics(startUps);
  }

  /**
   * Events a second beyond start-up: what the others took longer than the few, by how many more
   * they are. Empty if a run failed, or if more events took no more time.
   */
  OptionalDouble rate() {
    if (hasFailed()) {
      return OptionalDouble.empty();
    }
    double seconds = seconds().median() - startUp().median();
    return seconds > 0 && events > startUpEvents
        ? OptionalDouble.of((events - startUpEvents) / seconds)
        : OptionalDouble.empty();
  }

  /** Medians of what else was measured, by name. */
  Map<String, Double> figures() {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    for (Trial trial : trials) {
      trial
          .figures()
          .forEach(
              (name, value) -> values.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    values.forEach((name, all) -> medians.put(name, Statistics.of(all).median()));
    return medians;
  }

  private long differences() {
    return all().mapToLong(Trial::differences).max().orElse(0);
  }

  private Stream<Trial> all() {
    return Stream.concat(startUps.stream(), trials.stream());
  }

  private static Statistics statistics(List<Trial> trials) {
    return Statistics.of(trials.stream().map(Trial::seconds).toList());
  }
}
