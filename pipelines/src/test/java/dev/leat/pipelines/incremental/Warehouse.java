package dev.leat.pipelines.incremental;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.io.lake.LakeTables;
import dev.leat.io.lake.TableVersion;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** A folder with files to take, a raw table {@code raw} of them, and tables that are made of it. */
record Warehouse(Path root) {
  static final String EVENTS =
      "events: {format: jsonl, type: t, time: /time, id: /id, tenant: /tenant}\n";

  /** Takes lines into the raw table, as one file more. */
  void take(Path workflow, String... lines) throws IOException {
    Path drop = Files.createDirectories(root.resolve("drop"));
    Files.write(drop.resolve("part-" + drop.toFile().list().length + ".jsonl"), List.of(lines));
    Ran ran = leat("ingest", workflow, "--source=" + drop + "/*", "--sink=" + at("raw"));
    assertThat(ran.err(), ran.code(), is(0));
  }

  /** A line with an event of tenant {@code a}, at a time as {@code 2026-01-02T13:00}. */
  static String event(String id, String time, String more) {
    return "{\"id\":\"%s\",\"time\":\"%s:00Z\",\"tenant\":\"a\"%s}".formatted(id, time, more);
  }

  static String event(String id, String time) {
    return event(id, time, "");
  }

  Path workflow(String name, String sections) throws IOException {
    return Files.writeString(root.resolve(name + ".yaml"), "name: counts\n" + EVENTS + sections);
  }

  /** Runs over all events. */
  Ran whole(Path workflow, String table, String... options) {
    return run(workflow, table, options);
  }

  Ran incremental(Path workflow, String table, String... options) {
    List<String> all = new ArrayList<>(List.of("--incremental"));
    all.addAll(Arrays.asList(options));
    return run(workflow, table, all.toArray(String[]::new));
  }

  private Ran run(Path workflow, String table, String... options) {
    return runFrom("raw", workflow, table, options);
  }

  /** Runs over a table, with its parameters if need be. */
  Ran runFrom(String source, Path workflow, String table, String... options) {
    List<Object> words = new ArrayList<>(List.of("run", workflow));
    words.addAll(List.of("--source=" + at(source), "--sink=" + at(table), "--output=json"));
    words.addAll(Arrays.asList(options));
    return leat(words.toArray());
  }

  /** The rows of a table as text, sorted. */
  List<Map<String, String>> rows(String table) {
    return Rows.ofLake(at(table));
  }

  /** The rows that a run over all events makes. */
  List<Map<String, String>> rebuilt(Path workflow) {
    Ran ran = run(workflow, "rebuilt");
    assertThat(ran.err(), ran.code(), is(0));
    return rows("rebuilt");
  }

  /** Newest first. */
  List<TableVersion> versions(String table) {
    return LakeTables.history(ConnectorUri.parse(at(table)));
  }

  String at(String table) {
    return "lake://" + root + "/lake/" + table;
  }

  /** Does with a table what Iceberg can. */
  void operate(String table, Consumer<Table> operation) {
    try (JdbcCatalog catalog = new JdbcCatalog()) {
      catalog.setConf(new Configuration());
      catalog.initialize(
          "leat",
          Map.of(
              CatalogProperties.URI,
              "jdbc:sqlite:" + root + "/lake/catalog.db",
              CatalogProperties.WAREHOUSE_LOCATION,
              root + "/lake",
              "jdbc.schema-version",
              "V1"));
      operation.accept(catalog.loadTable(TableIdentifier.of("default", table)));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
