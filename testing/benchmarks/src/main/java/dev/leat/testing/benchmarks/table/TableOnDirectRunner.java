package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.Leat;
import dev.leat.testing.benchmarks.compare.Contender;
import dev.leat.testing.benchmarks.compare.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** W1 on the DirectRunner, which people meet first. */
public final class TableOnDirectRunner implements Workload {
  private final Leat leat;
  private final TableFromFiles onFlink;

  /**
   * @param data a folder for the files that are read
   */
  public TableOnDirectRunner(Leat leat, Path data) {
    this.leat = leat;
    this.onFlink = new TableFromFiles(leat, data);
  }

  @Override
  public String name() {
    return "D1";
  }

  @Override
  public String title() {
    return "files to a table, on the DirectRunner";
  }

  @Override
  public String description() {
    return "W1 on the runner that people meet first, which is made for trying things out.";
  }

  @Override
  public List<Long> sizes() {
    return List.of(100_000L);
  }

  @Override
  public long startUpSize() {
    return 1_000;
  }

  @Override
  public List<Contender> contenders() {
    return List.of(
        leat.contender(
            "as in W1, with the default runner",
            task -> TableFromFiles.run(task, "--targetParallelism=2")),
        Contender.inJava(
            "beam",
            "stock Beam",
            "as in W1; DirectRunner with two threads and without its checks of elements",
            StockBeamDirect.class));
  }

  @Override
  public Path input(long events) throws IOException {
    return onFlink.input(events);
  }

  @Override
  public long differences(Path output, long events) throws IOException {
    return onFlink.differences(output, events);
  }
}
