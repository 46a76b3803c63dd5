package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.flights.Flight;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Sums by hour and origin. */
final class Sums {
  private final Map<String, Long2ObjectOpenHashMap<HourlySum>> byOrigin = new HashMap<>();

  void add(Flight flight) {
    of(flight.origin, flight.hour()).add(flight);
  }

  void add(Sums other) {
    other.byOrigin.forEach(
        (origin, hours) ->
            hours
                .long2ObjectEntrySet()
                .forEach(entry -> of(origin, entry.getLongKey()).add(entry.getValue())));
  }

  private HourlySum of(String origin, long hour) {
    return byOrigin
        .computeIfAbsent(origin, key -> new Long2ObjectOpenHashMap<>())
        .computeIfAbsent(hour, key -> new HourlySum());
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (BufferedWriter out = Files.newBufferedWriter(folder.resolve("table.jsonl"))) {
      for (Map.Entry<String, Long2ObjectOpenHashMap<HourlySum>> hours : byOrigin.entrySet()) {
        for (var entry : hours.getValue().long2ObjectEntrySet()) {
          out.write(entry.getValue().json(entry.getLongKey(), hours.getKey()));
          out.newLine();
        }
      }
    }
  }
}
