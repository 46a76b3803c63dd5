package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.Leat;
import dev.leat.testing.benchmarks.compare.Contender;
import dev.leat.testing.benchmarks.compare.RowCheck;
import dev.leat.testing.benchmarks.compare.Task;
import dev.leat.testing.benchmarks.compare.Workload;
import dev.leat.testing.benchmarks.flights.FlightFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** W1: files of JSON lines become a table. */
public final class TableFromFiles implements Workload {
  private final Leat leat;
  private final Path data;

  /**
   * @param data a folder for the files that are read
   */
  public TableFromFiles(Leat leat, Path data) {
    this.leat = leat;
    this.data = data;
  }

  @Override
  public String name() {
    return "W1";
  }

  @Override
  public String title() {
    return "files to a table";
  }

  @Override
  public String description() {
    return "Eight files of JSON lines, in no order, one line in 20 a repeat: repeats are dropped by"
        + " id, then flights are counted by hour and origin, with the sum of their delays and of"
        + " their distances and the worst delay.";
  }

  @Override
  public List<Long> sizes() {
    return List.of(12_000_000L);
  }

  @Override
  public List<Contender> contenders() {
    return List.of(
        leat.contender(
            "`./leat run flights.yaml --sink=parquet:…`, FlinkRunner, embedded, parallelism 2",
            task -> run(task, "--runner=FlinkRunner", "--parallelism=2")),
        Contender.inJava(
            "beam",
            "stock Beam",
            "TextIO, Jackson's streaming parser, an own coder, Distinct by id, FixedWindows,"
                + " Combine.perKey, TextIO; FlinkRunner as above with objectReuse and fasterCopy",
            StockBeam.class),
        Contender.inJava(
            "flink",
            "native Flink, streaming",
            "FileSource, the same parser, keyed state for the ids, event-time windows, FileSink;"
                + " embedded, parallelism 2, object reuse",
            NativeFlink.class),
        Contender.inJava(
            "flink-batch",
            "native Flink, batch",
            "the same program in batch mode",
            NativeFlinkBatch.class),
        Contender.inJava(
            "duckdb",
            "DuckDB",
            "one SQL statement over JDBC, two threads, to Parquet; its memory limit is the others'"
                + " heap",
            DuckDb.class),
        Contender.inJava(
            "java",
            "plain Java",
            "two threads, the same parser, a shared table of 128-bit hashes of ids, hash maps, to"
                + " JSON lines",
            PlainJava.class));
  }

  static List<String> run(Task task, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "run",
                Workflow.in(task.scratch()).toString(),
                "--source=files:" + task.input() + "/*.jsonl",
                "--sink=parquet:" + task.output()));
    command.addAll(List.of(options));
    return command;
  }

  @Override
  public Path input(long events) throws IOException {
    return FlightFiles.in(data, events).folder();
  }

  @Override
  public long differences(Path output, long events) throws IOException {
    return RowCheck.differences(FlightFiles.in(data, events).hourly(), TableRows.read(output));
  }
}
