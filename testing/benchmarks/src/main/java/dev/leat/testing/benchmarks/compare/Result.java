package dev.leat.testing.benchmarks.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What one contender did at one size.
 *
 * @param startUps the same over so few events that they are start-up and little else; none if that
 *     is not told apart
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
    if (!failure.isEmpty()) {
      return "failed (" + failure + ")";
    }
    if (differences(trials) > 0) {
      return "wrong (%,d rows differ)".formatted(differences(trials));
    }
    return differences(startUps) == 0
        ? "equal"
        : "wrong over %,d events (%,d rows differ)".formatted(startUpEvents, differences(startUps));
  }

  boolean isRight() {
    return !hasFailed() && differences(trials) == 0 && differences(startUps) == 0;
  }

  boolean hasFailed() {
    return all().anyMatch(Trial::hasFailed);
  }

  /** Of whole processes. */
  Statistics seconds() {
    return statistics(trials);
  }

  /** Empty if start-up is not told apart. */
  Optional<Statistics> startUp() {
    return startUps.isEmpty() ? Optional.empty() : Optional.of(statistics(startUps));
  }

  /**
   * Events a second beyond start-up: what the others took longer than the few, by how many more
   * they are; of whole runs if start-up is not told apart. Empty if a run failed, or if the
   * difference is within what runs differ by: the shortest took no longer than the longest
   * start-up.
   */
  OptionalDouble rate() {
    if (hasFailed()) {
      return OptionalDouble.empty();
    }
    if (startUps.isEmpty()) {
      return OptionalDouble.of(events / seconds().median());
    }
    Statistics startUp = statistics(startUps);
    return seconds().least() > startUp.most() && events > startUpEvents
        ? OptionalDouble.of((events - startUpEvents) / (seconds().median() - startUp.median()))
        : OptionalDouble.empty();
  }

  /** Medians of what else was measured, by name; of what every run has. */
  Map<String, Double> figures() {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    for (Trial trial : trials) {
      trial
          .figures()
          .forEach(
              (name, value) -> values.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    values.forEach(
        (name, all) -> {
          if (all.size() == trials.size()) {
            medians.put(name, Statistics.of(all).median());
          }
        });
    return medians;
  }

  /** In the run that has most. */
  private static long differences(List<Trial> trials) {
    return trials.stream().mapToLong(Trial::differences).max().orElse(0);
  }

  private Stream<Trial> all() {
    return Stream.concat(startUps.stream(), trials.stream());
  }

  private static Statistics statistics(List<Trial> trials) {
    return Statistics.of(trials.stream().map(Trial::seconds).toList());
  }
}
