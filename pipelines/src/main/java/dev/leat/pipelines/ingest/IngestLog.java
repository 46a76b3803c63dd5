package dev.leat.pipelines.ingest;

import dev.leat.block.EventBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.health.Counters;
import dev.leat.io.lake.LiveReport;
import dev.leat.io.lake.RawLake;
import dev.leat.io.spi.Source;
import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.LiveRun;
import dev.leat.pipelines.job.RunId;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.run.Events;
import dev.leat.pipelines.run.RunJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * Takes a log into the raw lake. It goes on where the table stands, with or without a checkpoint:
 * which offsets are in is part of each commit.
 */
record IngestLog(IngestJob job, Source.OfLog log, RawLake raw) {

  /** Empty if the log has an end and nothing before it is new. */
  Optional<Summary> run(Launcher given, Attendant attendant) {
    Launcher launcher = log.isUnbounded() ? given.forLiveRuns() : given;
    String runId = RunId.next();
    Pipeline pipeline = launcher.newPipeline("leat-ingest-" + job.workflow().name());
    List<PCollection<DeadLetter>> failures = new ArrayList<>();
    PCollection<EventBlock> events =
        Events.parseLog(pipeline.apply("Read", log.read(raw.taken())), job.workflow(), failures);
    events.apply(
        "Ingest",
        raw.ingestLive(runId, job.commitEvery())
            .withDeadLetters(
                PCollectionList.of(failures).apply("Dead letters", Flatten.pCollections()))
            .withProperties(job.properties()));
    if (log.isUnbounded()) {
      LiveRun run = launcher.start(pipeline);
      if (attendant.attend(run).isEmpty()) {
        return Optional.of(submitted(run, runId, launcher));
      }
    } else {
      launcher.run(pipeline);
    }
    Optional<LiveReport> report = raw.committedLive(runId);
    return report.isEmpty() && !log.isUnbounded()
        ? Optional.empty()
        : Optional.of(summary(launcher, report.orElse(new LiveReport(runId, 0, 0, 0, 0))));
  }

  private Summary submitted(LiveRun run, String runId, Launcher launcher) {
    Summary.Builder summary = job.summaryOf(runId, launcher).fact("job_name", run.name());
    run.id().ifPresent(id -> summary.fact("job", id));
    return summary.fact("result", RunJob.addressOf(job.lake())).build();
  }

  /** Of what is committed; what was read after the last commit is read again by the next run. */
  private Summary summary(Launcher launcher, LiveReport report) {
    Summary.Builder summary =
        job.summaryOf(report.runId(), launcher).fact("result", RunJob.addressOf(job.lake()));
    if (report.deadLetters() > 0) {
      RunJob.besideOf(job.lake(), "dead_letters")
          .ifPresent(table -> summary.fact("dead_letters_at", RunJob.addressOf(table)));
    }
    return summary
        .count(Counters.READ, report.read())
        .count("stored", report.stored())
        .count(Counters.DEAD_LETTERS, report.deadLetters())
        .count("commits", report.commits())
        .build();
  }
}
