package dev.leat.testing.benchmarks.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All runs so far, by contender and size. */
final class Trials {
  private record Key(String contender, long size) {}

  private final Map<Key, List<Trial>> trials = new HashMap<>();

  void add(Contender contender, long size, Trial trial) {
    trials.computeIfAbsent(new Key(contender.name(), size), key -> new ArrayList<>()).add(trial);
  }

  List<Trial> of(Contender contender, long size) {
    return List.copyOf(trials.getOrDefault(new Key(contender.name(), size), List.of()));
  }

  boolean hasFailed(Contender contender, long size) {
    return of(contender, size).stream().anyMatch(Trial::hasFailed);
  }
}
