package dev.leat.testing.benchmarks;

import dev.leat.testing.benchmarks.compare.Comparison;
import dev.leat.testing.benchmarks.compare.Contender;
import dev.leat.testing.benchmarks.compare.Page;
import dev.leat.testing.benchmarks.compare.Result;
import dev.leat.testing.benchmarks.compare.ResultsFile;
import dev.leat.testing.benchmarks.compare.Run;
import dev.leat.testing.benchmarks.compare.Workload;
import dev.leat.testing.benchmarks.lake.LakeFromFiles;
import dev.leat.testing.benchmarks.live.TableFromLog;
import dev.leat.testing.benchmarks.loops.Loops;
import dev.leat.testing.benchmarks.table.TableAfterLateEvents;
import dev.leat.testing.benchmarks.table.TableFromFiles;
import dev.leat.testing.benchmarks.table.TableFromLake;
import dev.leat.testing.benchmarks.table.TableOnDirectRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the workloads that are asked for and publishes what came of them; see docs/benchmarks.md.
 */
public final class Benchmarks {
  private static final Path MODULE = Path.of("");
  private static final Path TARGET = MODULE.resolve("target").toAbsolutePath();

  private Benchmarks() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    String loops = System.getProperty("leat.jmh", "false");
    if (!loops.equals("false")) {
      Loops.run(loops, TARGET.resolve("results"));
      return;
    }
    Settings settings = Settings.read(name -> System.getProperty(name, ""), MODULE);
    Leat leat = new Leat(settings.checkout());
    leat.build(TARGET.resolve("leat.log"));
    // Before the page is written, which would count as a change.
    List<String> versions = Versions.notes(settings.checkout());
    for (Workload workload : workloads(leat)) {
      if (settings.asksForWorkload(workload.name())) {
        measure(workload, settings, versions);
      }
    }
  }

  private static List<Workload> workloads(Leat leat) {
    Path data = TARGET.resolve("data");
    return List.of(
        new TableFromFiles(leat, data),
        new TableOnDirectRunner(leat, data),
        new TableFromLog(leat, data),
        new LakeFromFiles(leat, data),
        new TableFromLake(leat, data),
        new TableAfterLateEvents(leat, data));
  }

  private static void measure(Workload workload, Settings settings, List<String> versions)
      throws IOException, InterruptedException {
    List<Contender> contenders =
        workload.contenders().stream()
            .filter(contender -> settings.asksForContender(contender.name()))
            .toList();
    if (contenders.isEmpty()) {
      return;
    }
    List<Long> sizes = settings.sizes().isEmpty() ? workload.sizes() : settings.sizes();
    List<Result> results =
        new Comparison(TARGET.resolve("runs"), settings.repetitions(), settings.heap())
            .run(workload, contenders, sizes);
    String heap = settings.heap().isEmpty() ? workload.heap() : settings.heap();
    Run run = Run.now(workload, heap, settings.repetitions(), versions, results);
    System.out.printf("%n%s: %s%n", workload.name(), workload.title());
    for (long size : run.sizes()) {
      System.out.printf("%n%,d events%n%s", size, Page.table(run.of(size)));
    }
    ResultsFile.write(run, TARGET.resolve("results").resolve(workload.name() + ".json"));
    new Page(settings.page()).publish(run);
  }
}
