package dev.leat.pipelines.ingest;

import com.google.auto.value.AutoValue;
import dev.leat.health.Counters;
import dev.leat.io.lake.IngestPlan;
import dev.leat.io.lake.IngestReport;
import dev.leat.io.lake.RawLake;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.RunId;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.run.Events;
import dev.leat.pipelines.run.RunJob;
import dev.leat.pipelines.workflow.Workflow;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;

/**
 * Takes what is new at a source into the raw lake: every record once, as an event or a dead letter,
 * whatever fails on the way and whoever else does the same.
 */
@AutoValue
public abstract class IngestJob {
  abstract Workflow workflow();

  abstract ConnectorUri source();

  abstract ConnectorUri lake();

  abstract Duration commitEvery();

  /** Commits every ten seconds when it is live. */
  public static IngestJob of(Workflow workflow, ConnectorUri source, ConnectorUri lake) {
    return of(workflow, source, lake, Duration.ofSeconds(10));
  }

  /**
   * @param workflow its {@code events} section maps the records, its {@code lake} section
   *     partitions a new table
   * @param lake the raw table, {@code lake:///warehouse/name}
   * @param commitEvery how often a live ingest makes what it has taken visible, 1 s to 1 h
   * @throws UsageException if {@code lake} is no lake
   */
  public static IngestJob of(
      Workflow workflow, ConnectorUri source, ConnectorUri lake, Duration commitEvery) {
    if (!lake.scheme().equals("lake")) {
      throw new UsageException(
          "--sink: expected the raw lake, such as lake:///warehouse/raw.events, got '"
              + lake
              + "'");
    }
    return new AutoValue_IngestJob(workflow, source, lake, commitEvery);
  }

  /**
   * Takes what is new; from a log without an end, until it is stopped.
   *
   * @param attendant stays with a live ingest
   * @return what was done; empty if there was nothing new
   * @throws UsageException if the job cannot be
   * @throws dev.leat.io.spi.UnreachableException if the source or lake is not there
   * @throws dev.leat.pipelines.job.JobFailedException if it fails on the way; then nothing is
   *     stored
   */
  public Optional<Summary> run(Launcher launcher, Attendant attendant) {
    Source opened = Events.open(source(), Events.request(workflow()));
    RawLake raw = RawLake.of(partitioned());
    if (opened instanceof Source.OfLog) {
      return new IngestLog(this, (Source.OfLog) opened, raw).run(launcher, attendant);
    }
    if (!(opened instanceof Source.OfFiles)) {
      throw new UsageException(
          "--source: expected files or a log, which are taken once each, got '" + source() + "'");
    }
    Source.OfFiles files = (Source.OfFiles) opened;
    return raw.ingestAll(
            RunId.next(),
            files.files(),
            (runId, plan) -> attempt(launcher, files, raw, runId, plan))
        .map(report -> summary(report, launcher));
  }

  private void attempt(
      Launcher launcher, Source.OfFiles files, RawLake raw, String runId, IngestPlan plan) {
    refuseAnotherVersion(plan);
    Pipeline pipeline = launcher.newPipeline("leat-ingest-" + workflow().name());
    take(pipeline, files, raw, runId, plan);
    launcher.run(pipeline);
  }

  /** Puts a bounded ingest into a pipeline. */
  void take(Pipeline pipeline, Source.OfFiles files, RawLake raw, String runId, IngestPlan plan) {
    pipeline
        .apply("Read", files.read(plan.files()))
        .apply(
            "Ingest",
            raw.ingest(runId, plan).withProperties(properties()).parsing(workflow().mapping()));
  }

  /** What to tell of a {@link #run} that found nothing new. */
  public Summary nothingNew(Launcher launcher) {
    return summaryOf(RunId.next(), launcher).fact("result", "nothing new at " + source()).build();
  }

  /** What every summary of an ingest begins with. */
  Summary.Builder summaryOf(String runId, Launcher launcher) {
    return Summary.of("ingest")
        .fact("workflow", workflow().name())
        .fact("version", workflow().version())
        .fact("run", runId)
        .fact("runner", launcher.runner());
  }

  /** What the commits remember. */
  Map<String, String> properties() {
    return Map.of(
        "workflow", workflow().name(),
        "workflow-version", workflow().version(),
        "source", source().withoutParameters());
  }

  /** An ingest that died between its two commits must be completed by the version that began it. */
  private void refuseAnotherVersion(IngestPlan plan) {
    plan.begunByVersion()
        .filter(version -> !version.equals(workflow().version()))
        .ifPresent(
            version -> {
              throw new UsageException(
                  lake()
                      + ": version "
                      + version
                      + " of the workflow was cut off while it stored these files, and this is version "
                      + workflow().version()
                      + "; run that version once more first, or ingest into another table");
            });
  }

  /** The workflow says how a new table is partitioned, unless the URI does. */
  private ConnectorUri partitioned() {
    return workflow().lakePartition().isPresent()
        ? lake().withDefault("partition", String.join(",", workflow().lakePartition().get()))
        : lake();
  }

  private Summary summary(IngestReport report, Launcher launcher) {
    Summary.Builder summary =
        summaryOf(report.runId(), launcher)
            .fact("result", RunJob.addressOf(lake()) + ", snapshot " + report.snapshotId());
    if (report.deadLetters() > 0) {
      RunJob.besideOf(lake(), "dead_letters")
          .ifPresent(table -> summary.fact("dead_letters_at", RunJob.addressOf(table)));
    }
    if (report.read() > 0 && report.stored() == 0) {
      summary.fact("warning", "no record was an event; does the workflow fit the source?");
    }
    return summary
        .count("files", report.inputFiles())
        .count(Counters.READ, report.read())
        .count("stored", report.stored())
        .count(Counters.DEAD_LETTERS, report.deadLetters())
        .count("data_files", report.dataFiles())
        .build();
  }
}
