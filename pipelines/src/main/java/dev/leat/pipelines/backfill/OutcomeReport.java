package dev.leat.pipelines.backfill;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.io.lake.Publishing;
import dev.leat.pipelines.run.RunJob;
import java.time.Duration;
import java.util.Optional;

/** What a run of a backfill did, for people and for orchestrators. */
final class OutcomeReport {
  private OutcomeReport() {}

  static Report of(Backfill backfill, BackfillOutcome outcome, Duration took) {
    Optional<String> undo = outcome.published().flatMap(done -> undo(backfill, done));
    return new Report(text(backfill, outcome, took, undo), json(backfill, outcome, took, undo));
  }

  private static String text(
      Backfill backfill, BackfillOutcome outcome, Duration took, Optional<String> undo) {
    Words words = new Words();
    words.line(
        "workflow", "%s, version %s", backfill.workflow().name(), backfill.workflow().version());
    words.line("range", "%s", Words.times(backfill.range()));
    words.line("run", "%s", backfill.runId());
    words.line("branch", "%s", backfill.branch().name());
    words.line("input", "snapshot %d of %s", outcome.state().inputSnapshot(), backfill.source());
    words.line(
        "chunks",
        "%,d, of which this run made %,d",
        outcome.state().chunks().size(),
        outcome.chunksMade());
    words.line("rows", "%,d from %,d events", outcome.rows(), outcome.events());
    words.line("audit", "%s", audit(backfill));
    words.line("took", "%s", Words.time(took));
    words.line(
        "published",
        "%s",
        outcome
            .published()
            .map(done -> "snapshot " + done.snapshotId())
            .orElse("no: the same command with --publish publishes it"));
    undo.ifPresent(command -> words.line("to undo", "%s", command));
    return words.toString();
  }

  private static String audit(Backfill backfill) {
    int rules = backfill.workflow().quality().size();
    return rules == 0
        ? "the workflow has no rules of quality"
        : rules + (rules == 1 ? " rule holds" : " rules hold");
  }

  private static Optional<String> undo(Backfill backfill, Publishing.Done done) {
    return done.before()
        .map(
            snapshot ->
                "leat table rollback '" + RunJob.addressOf(backfill.sink()) + "' --to=" + snapshot);
  }

  private static ObjectNode json(
      Backfill backfill, BackfillOutcome outcome, Duration took, Optional<String> undo) {
    ObjectNode node = Json.object();
    node.put("command", "backfill")
        .put("workflow", backfill.workflow().name())
        .put("version", backfill.workflow().version())
        .put("event_time_start", backfill.range().start().toString())
        .put("event_time_end", backfill.range().end().toString())
        .put("run", backfill.runId())
        .put("branch", backfill.branch().name())
        .put("backfill", outcome.state().id())
        .put("input_snapshot", outcome.state().inputSnapshot())
        .put("chunks", outcome.state().chunks().size())
        .put("chunks_made", outcome.chunksMade())
        .put("events", outcome.events())
        .put("rows", outcome.rows())
        .put("seconds", took.toMillis() / 1e3)
        .put("published", outcome.published().isPresent());
    outcome
        .published()
        .ifPresent(
            done -> {
              node.put("snapshot", done.snapshotId());
              node.put("snapshot_before", done.before().orElse(null));
            });
    undo.ifPresent(command -> node.put("undo", command));
    return node;
  }
}
