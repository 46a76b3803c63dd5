package dev.leat.pipelines.ingest;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;

import dev.leat.pipelines.cli.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A raw table, as readers of its tables and of its folders see it. */
record RawTable(Path warehouse) {

  String uri() {
    return "lake://" + warehouse + "/raw.events";
  }

  /** Ids in the current version, sorted; none if there is no table. */
  List<String> ids() {
    return column("raw.events", "id");
  }

  /** Bytes of the dead letters in the current version, sorted. */
  List<String> letters() {
    return column("raw.events_dead_letters", "data");
  }

  /** Ids in all Parquet files of the folder, as DuckDB sees them; fails if a file is not whole. */
  List<String> idsInFolder() throws IOException {
    return inFolder("events", "id");
  }

  List<String> lettersInFolder() throws IOException {
    return inFolder("events_dead_letters", "decode(data)");
  }

  /** Every event and dead letter of the drop once, whoever looks. */
  void holdsOnce(Drop drop) throws IOException {
    assertThat(ids(), equalTo(drop.ids()));
    assertThat(letters(), equalTo(drop.letters()));
    assertThat(idsInFolder(), equalTo(drop.ids()));
    assertThat(lettersInFolder(), equalTo(drop.letters()));
  }

  private List<String> column(String table, String column) {
    if (!Files.exists(warehouse.resolve("catalog.db"))) {
      return List.of();
    }
    try {
      return Rows.ofLake("lake://" + warehouse + "/" + table).stream()
          .map(row -> row.get(column))
          .sorted()
          .toList();
    } catch (dev.leat.io.spi.UnreachableException e) {
      return List.of();
    }
  }

  private List<String> inFolder(String table, String column) throws IOException {
    Path data = warehouse.resolve("raw").resolve(table).resolve("data");
    if (!Files.exists(data)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(data)) {
      if (files.noneMatch(file -> file.toString().endsWith(".parquet"))) {
        return List.of();
      }
    }
    return Rows.ofDuckDb(
            "SELECT %s v FROM read_parquet('%s/**/*.parquet', hive_partitioning=false)"
                .formatted(column, data))
        .stream()
        .map((Map<String, String> row) -> row.get("v"))
        .sorted()
        .toList();
  }
}
