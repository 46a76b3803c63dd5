package dev.leat.pipelines.quickstart;

import dev.leat.health.Counters;
import dev.leat.io.lake.LakeRows;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UnreachableException;
import dev.leat.pipelines.ingest.IngestJob;
import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.run.RunJob;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The main job on real data: flights are delivered as the world does, ingested into a lake, and
 * become a table of delays.
 */
public final class Quickstart {
  private final Path example;
  private final Path folder;
  private final long seed;
  private final Function<String, Launcher> launchers;

  /**
   * @param home the checkout that holds {@code examples/flights}
   * @param folder where everything is put; made anew
   * @param launchers a launcher for what is being done
   */
  public Quickstart(Path home, Path folder, long seed, Function<String, Launcher> launchers) {
    this.example = home.resolve("examples").resolve("flights");
    this.folder = folder;
    this.seed = seed;
    this.launchers = launchers;
  }

  /**
   * Does it.
   *
   * @throws dev.leat.io.spi.UsageException if the folder cannot be used
   * @throws UnreachableException if the example is not there
   * @throws dev.leat.pipelines.job.JobFailedException if a job fails
   */
  public Result run() {
    // First, so that a bad option is told before the folder is made.
    Launcher ingesting = launchers.apply("Ingesting");
    if (!Files.isRegularFile(workflowFile())) {
      throw new UnreachableException(
          workflowFile() + ": there is no such file; run the leat of a checkout");
    }
    try (QuickstartFolder ready = QuickstartFolder.open(folder)) {
      Path drop = Files.createDirectories(ready.path().resolve("drop"));
      Delivery delivery = Delivery.write(example.resolve("flights-20k.json.gz"), drop, seed);
      Workflow workflow = WorkflowParser.parse(workflowFile());

      Summary ingest =
          IngestJob.of(workflow, source(), rawTable())
              .run(ingesting, Attendant.NOBODY)
              .orElseThrow(() -> new IllegalStateException("a new lake had the files already"));
      Summary run =
          RunJob.of(workflow, rawTable(), monthly())
              .run(launchers.apply("Running"), Attendant.NOBODY);
      return new Result(delivery, ingest, run, sorted(LakeRows.read(resultTable())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path workflowFile() {
    return example.resolve("delays.yaml");
  }

  ConnectorUri source() {
    return ConnectorUri.parse("files:" + place(folder, "drop") + "/*.jsonl.gz");
  }

  ConnectorUri rawTable() {
    return lake(folder, "raw.flights");
  }

  ConnectorUri resultTable() {
    return lake(folder, "delays");
  }

  /** 37 rows a day: a file for each day would be a tiny one. */
  private ConnectorUri monthly() {
    return resultTable().withDefault("partition", "month");
  }

  Path folder() {
    return folder;
  }

  /** A table of the quickstart's warehouse. */
  static ConnectorUri lake(Path folder, String table) {
    return ConnectorUri.parse("lake:" + place(folder, "lake") + "/" + table);
  }

  /** As a URI's place: absolute paths have their empty host before them. */
  private static String place(Path folder, String name) {
    String path = folder.resolve(name).toString().replace("%", "%25").replace("?", "%3F");
    return folder.isAbsolute() ? "//" + path : path;
  }

  private static List<Map<String, @Nullable Object>> sorted(
      List<Map<String, @Nullable Object>> rows) {
    return rows.stream()
        .sorted(Comparator.comparing(row -> row.get("window_start") + " " + row.get("state")))
        .toList();
  }

  /**
   * What came of it.
   *
   * @param rows the result table, by day and state
   */
  public record Result(
      Delivery delivery, Summary ingest, Summary run, List<Map<String, @Nullable Object>> rows) {

    /** Whether every record is accounted for. */
    public boolean balances() {
      return read() == stored() + deadLetters() && stored() == used() + repeats() + late();
    }

    long read() {
      return number(ingest, Counters.READ);
    }

    long stored() {
      return number(ingest, "stored");
    }

    long deadLetters() {
      return number(ingest, Counters.DEAD_LETTERS);
    }

    long used() {
      return number(run, Counters.USED);
    }

    long repeats() {
      return number(run, Counters.REPEATS);
    }

    long late() {
      return number(run, Counters.LATE);
    }

    /** The whole of it, for an orchestrator. */
    public Summary summary() {
      return Summary.of("quickstart")
          .fact("ingested", ingest.facts().getOrDefault("result", ""))
          .fact("result", run.facts().getOrDefault("result", ""))
          .count(Counters.READ, read())
          .count("stored", stored())
          .count(Counters.DEAD_LETTERS, deadLetters())
          .count(Counters.REPEATS, repeats())
          .count(Counters.LATE, late())
          .count(Counters.USED, used())
          .count(Counters.ROWS, rows.size())
          .build();
    }

    private static long number(Summary summary, String name) {
      return summary.counts().getOrDefault(name, 0L);
    }
  }
}
