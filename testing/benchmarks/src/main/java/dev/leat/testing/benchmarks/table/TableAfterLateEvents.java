package dev.leat.testing.benchmarks.table;

import dev.leat.io.lake.LakeRows;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.testing.benchmarks.Leat;
import dev.leat.testing.benchmarks.compare.Contender;
import dev.leat.testing.benchmarks.compare.Folders;
import dev.leat.testing.benchmarks.compare.RowCheck;
import dev.leat.testing.benchmarks.compare.Task;
import dev.leat.testing.benchmarks.compare.Workload;
import dev.leat.testing.benchmarks.flights.FlightFiles;
import dev.leat.testing.benchmarks.flights.LateFlights;
import dev.leat.testing.benchmarks.flights.ResultRow;
import dev.leat.testing.benchmarks.lake.LakeFromFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** W5: some late events of one day are put into a table of 90, beside making it anew. */
public final class TableAfterLateEvents implements Workload {
  private static final String TABLE = "hourly";
  private static final String LAKE = "lake";
  private static final String BEFORE = "before";

  private final Leat leat;
  private final Path data;

  /**
   * @param data a folder for the lakes that are read, and the files they are made of
   */
  public TableAfterLateEvents(Leat leat, Path data) {
    this.leat = leat;
    this.data = data;
  }

  @Override
  public String name() {
    return "W5";
  }

  @Override
  public String title() {
    return "late events into a table";
  }

  @Override
  public String description() {
    return "The table of W1 is there, by day, and 1% of the flights of one of its 90 days come late"
        + " into the raw lake. An incremental run makes anew the one partition that they touch; events/s"
        + " are those of the whole table, which is right afterwards.";
  }

  @Override
  public List<Long> sizes() {
    return List.of(12_000_000L, 48_000_000L);
  }

  /** An incremental run is hardly anything else. */
  @Override
  public long startUpSize() {
    return 0;
  }

  @Override
  public List<Contender> contenders() {
    return List.of(
        leat.contender(
            "`./leat run flights.yaml --source=lake:… --sink=lake:… --incremental`, FlinkRunner,"
                + " embedded, parallelism 2; rolled back before each run",
            task -> {
              rollBack(task.input());
              return run(task, table(task.input(), TABLE), "--incremental");
            }),
        leat.contender(
            "rebuild",
            "Leat, all anew",
            "the same without `--incremental`, into another table",
            task -> run(task, table(task.output(), TABLE))));
  }

  private static List<String> run(Task task, String sink, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "run",
                Workflow.in(task.scratch()).toString(),
                "--source=" + LakeFromFiles.table(task.input()),
                "--sink=" + sink + "?partition=date",
                "--runner=FlinkRunner",
                "--parallelism=" + Task.THREADS));
    command.addAll(List.of(options));
    return command;
  }

  private void rollBack(Path lake) {
    try {
      leat.run(
          List.of("table", "rollback", table(lake, TABLE), "--to=" + BEFORE),
          lake.resolveSibling("rollback.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** A lake with a raw table that has all flights, and a table made before the late ones came. */
  @Override
  public Path input(long events) throws IOException, InterruptedException {
    FlightFiles flights = FlightFiles.in(data, events);
    Path folder = folderOf(flights);
    Path lake = folder.resolve(LAKE);
    Path done = folder.resolve("done");
    if (!Files.exists(done)) {
      Folders.delete(folder);
      LateFlights.split(flights.folder(), folder);
      Path workflow = Workflow.in(folder);
      Path log = folder.resolve("log");
      leat.run(LakeFromFiles.ingest(workflow, folder.resolve("early"), lake), log);
      Task table = new Task(lake, lake, folder, "");
      leat.run(run(table, table(lake, TABLE)), log);
      leat.run(List.of("table", "tag", table(lake, TABLE), BEFORE), log);
      leat.run(LakeFromFiles.ingest(workflow, folder.resolve("late"), lake), log);
      Files.createFile(done);
    }
    return lake;
  }

  private static Path folderOf(FlightFiles flights) {
    return flights.folder().resolveSibling("late");
  }

  private static String table(Path lake, String name) {
    return "lake:" + lake + "/" + name;
  }

  @Override
  public long differences(Path output, long events) throws IOException {
    FlightFiles flights = FlightFiles.in(data, events);
    Path lake = Files.exists(output) ? output : folderOf(flights).resolve(LAKE);
    List<String> lines = new ArrayList<>();
    for (Map<String, @Nullable Object> row :
        LakeRows.read(ConnectorUri.parse(table(lake, TABLE)))) {
      lines.add(
          ResultRow.line(
              ((OffsetDateTime) value(row, "window_start")).toInstant(),
              (String) value(row, "origin"),
              whole(row, "flights"),
              whole(row, "delay"),
              whole(row, "distance"),
              whole(row, "worst")));
    }
    lines.sort(null);
    return RowCheck.differences(flights.hourly(), lines);
  }

  private static long whole(Map<String, @Nullable Object> row, String column) {
    return new BigDecimal(value(row, column).toString()).longValueExact();
  }

  private static Object value(Map<String, @Nullable Object> row, String column) {
    return Objects.requireNonNull(row.get(column), column);
  }
}
