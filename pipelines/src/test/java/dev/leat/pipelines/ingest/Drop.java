package dev.leat.pipelines.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files of records for a raw lake, and what is to be found in it when all are taken. */
final class Drop {
  static final String WORKFLOW =
      """
      name: drop
      events: {format: jsonl, type: t, time: /time, id: /id, tenant: /tenant}
      """;

  private static final int EVENTS = 100;

  private final Path folder;
  private final List<String> ids = new ArrayList<>();
  private final List<String> letters = new ArrayList<>();

  Drop(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /** Adds a file of 100 events, in twelve partitions of a raw lake, and a line that is none. */
  Drop add(String name) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < EVENTS; i++) {
      String id = name + "-" + i;
      ids.add(id);
      lines.append(
          "{\"id\":\"%s\",\"time\":\"2026-01-0%dT0%d:00:00Z\",\"tenant\":\"t%d\"}\n"
              .formatted(id, 1 + i % 3, i % 2, i / 3 % 2));
    }
    letters.add("no event in " + name);
    lines.append(letters.get(letters.size() - 1));
    Files.writeString(folder.resolve(name + ".jsonl"), lines);
    return this;
  }

  String source() {
    return folder + "/*.jsonl";
  }

  /** Of all events, sorted. */
  List<String> ids() {
    return ids.stream().sorted().toList();
  }

  /** The bytes of all records that are no events, sorted. */
  List<String> letters() {
    return letters.stream().sorted().toList();
  }
}
