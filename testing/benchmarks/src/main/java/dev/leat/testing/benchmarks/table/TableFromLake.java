package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.Leat;
import dev.leat.testing.benchmarks.compare.Contender;
import dev.leat.testing.benchmarks.compare.Folders;
import dev.leat.testing.benchmarks.compare.RowCheck;
import dev.leat.testing.benchmarks.compare.Workload;
import dev.leat.testing.benchmarks.flights.FlightFiles;
import dev.leat.testing.benchmarks.lake.LakeFromFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** W4: a raw lake becomes a table, at several sizes with the same small heap. */
public final class TableFromLake implements Workload {
  private final Leat leat;
  private final Path data;

  /**
   * @param data a folder for the lakes that are read, and the files they are made of
   */
  public TableFromLake(Leat leat, Path data) {
    this.leat = leat;
    this.data = data;
  }

  @Override
  public String name() {
    return "W4";
  }

  @Override
  public String title() {
    return "raw lake to a table";
  }

  @Override
  public String description() {
    return "The table of W1, from a raw lake that Leat has ingested: all read its Parquet files. Cost"
        + " per event should stay the same while events grow and the heap does not.";
  }

  @Override
  public List<Long> sizes() {
    return List.of(1_000_000L, 4_000_000L, 16_000_000L);
  }

  @Override
  public String heap() {
    return "1g";
  }

  @Override
  public List<Contender> contenders() {
    return List.of(
        leat.contender(
            "`./leat run flights.yaml --source=lake:… --sink=parquet:…`, FlinkRunner, embedded,"
                + " parallelism 2",
            task ->
                List.of(
                    "run",
                    Workflow.in(task.scratch()).toString(),
                    "--source=" + LakeFromFiles.table(lakeOf(task.input())),
                    "--sink=parquet:" + task.output(),
                    "--runner=FlinkRunner",
                    "--parallelism=2")),
        Contender.inJava(
            "beam",
            "stock Beam",
            "ParquetIO with a projection, then as in W1",
            StockBeamFromLake.class),
        Contender.inJava(
            "flink",
            "native Flink, streaming",
            "FileSource with AvroParquetReaders and a projection, then as in W1",
            NativeFlinkFromLake.class),
        Contender.inJava(
            "flink-batch",
            "native Flink, batch",
            "the same program in batch mode",
            NativeFlinkBatchFromLake.class),
        Contender.inJava(
            "duckdb",
            "DuckDB",
            "read_parquet, delay and distance out of the JSON, then as in W1; its memory limit is"
                + " the others' heap",
            DuckDbFromLake.class),
        Contender.inJava(
            "java",
            "plain Java",
            "parquet-mr with a projection, then as in W1",
            PlainJavaFromLake.class));
  }

  /** The peers are given the folder of the table's files. */
  @Override
  public Path input(long events) throws IOException, InterruptedException {
    Path lines = FlightFiles.in(data, events).folder();
    Path lake = lines.resolveSibling("lake");
    Path done = lines.resolveSibling("lake-done");
    if (!Files.exists(done)) {
      Folders.delete(lake);
      Path workflow = Workflow.in(lines.resolveSibling(""));
      leat.run(LakeFromFiles.ingest(workflow, lines, lake), lines.resolveSibling("ingest.log"));
      Files.createFile(done);
    }
    return LakeFromFiles.files(lake);
  }

  @Override
  public long differences(Path output, long events) throws IOException {
    return RowCheck.differences(FlightFiles.in(data, events).hourly(), TableRows.read(output));
  }

  private static Path lakeOf(Path files) {
    return files.resolve("../../..").normalize();
  }
}
