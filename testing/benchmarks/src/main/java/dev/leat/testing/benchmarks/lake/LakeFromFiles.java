package dev.leat.testing.benchmarks.lake;

import dev.leat.io.lake.LakeTables;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.testing.benchmarks.Leat;
import dev.leat.testing.benchmarks.compare.Contender;
import dev.leat.testing.benchmarks.compare.Task;
import dev.leat.testing.benchmarks.compare.Workload;
import dev.leat.testing.benchmarks.flights.FlightFiles;
import dev.leat.testing.benchmarks.table.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** W3: files of JSON lines become a raw lake. */
public final class LakeFromFiles implements Workload {
  private final Leat leat;
  private final Path data;

  /**
   * @param data a folder for the files that are read
   */
  public LakeFromFiles(Leat leat, Path data) {
    this.leat = leat;
    this.data = data;
  }

  @Override
  public String name() {
    return "W3";
  }

  @Override
  public String title() {
    return "files to a raw lake";
  }

  @Override
  public String description() {
    return "The same files, every line kept as it is, repeats too: id, time, tenant and the line, in"
        + " Parquet compressed with zstd, in a folder for each of 90 days.";
  }

  @Override
  public List<Long> sizes() {
    return List.of(12_000_000L);
  }

  @Override
  public List<Contender> contenders() {
    return List.of(
        leat.contender(
            "`./leat ingest flights.yaml --sink=lake:…`, FlinkRunner, embedded, parallelism 2; its"
                + " rows also have source, type, file and line, and are committed to an Iceberg"
                + " table",
            task -> ingest(Workflow.in(task.scratch()), task.input(), task.output())),
        Contender.inJava(
            "beam",
            "stock Beam",
            "TextIO, FileIO.writeDynamic with ParquetIO's sink, two shards a day, row groups of 16"
                + " MiB; FlinkRunner as above with objectReuse and fasterCopy",
            StockBeam.class),
        Contender.inJava(
            "flink",
            "native Flink",
            "FileSource, FileSink with a bucket a day and the plain program's Parquet writer;"
                + " embedded, parallelism 2",
            NativeFlink.class),
        Contender.inJava(
            "duckdb",
            "DuckDB",
            "one COPY … PARTITION_BY over JDBC, two threads; its memory limit is the others' heap",
            DuckDb.class),
        Contender.inJava(
            "java",
            "plain Java",
            "two threads, Jackson's streaming parser, parquet-mr with a WriteSupport of its own",
            PlainJava.class));
  }

  /** The command that takes lines into the lake of a folder. */
  public static List<String> ingest(Path workflow, Path lines, Path lake) {
    return List.of(
        "ingest",
        workflow.toString(),
        "--source=files:" + lines + "/*.jsonl",
        "--sink=" + table(lake),
        "--runner=FlinkRunner",
        "--parallelism=" + Task.THREADS);
  }

  /** The raw table of such a lake. */
  public static String table(Path lake) {
    return "lake:" + lake + "/raw.flights";
  }

  /** Where its Parquet files are: beside them are those of dead letters. */
  public static Path files(Path lake) {
    return lake.resolve("raw/flights/data");
  }

  @Override
  public Path input(long events) throws IOException {
    return FlightFiles.in(data, events).folder();
  }

  @Override
  public long differences(Path output, long events) throws IOException {
    List<String> rows =
        Files.isDirectory(files(output))
            ? LakeTables.dataFiles(ConnectorUri.parse(table(output)))
            : List.of(output + "/**/*.parquet");
    return RawRows.differences(input(events), rows);
  }
}
