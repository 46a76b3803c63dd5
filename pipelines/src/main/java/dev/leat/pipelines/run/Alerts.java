package dev.leat.pipelines.run;

import com.google.common.collect.ImmutableMap;
import dev.leat.alert.Alert;
import dev.leat.alert.AlertMetric;
import dev.leat.alert.AlertRule;
import dev.leat.alert.RaiseAlerts;
import dev.leat.block.EventBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.dedup.Sequenced;
import dev.leat.health.Counters;
import dev.leat.health.Health;
import dev.leat.health.Health.Count;
import dev.leat.health.MeasureHealth;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * Where a workflow's alerts stand in a run: beside it. Only what a rule needs is measured, and
 * nothing without rules. A bounded run is judged as a whole and told in its summary, a live one
 * every minute and told in the log of the worker that judges.
 */
record Alerts(List<AlertRule> rules) {

  static Alerts of(Workflow workflow) {
    return new Alerts(workflow.alerts());
  }

  /** Repeats are what goes in and does not come out. */
  void measureRepeats(
      PCollection<EventBlock> in,
      PCollection<EventBlock> kept,
      PCollection<EventBlock> late,
      List<PCollection<Health>> measures) {
    if (isMeasured(Count.REPEATS)) {
      measures.add(repeats("Measure what may be repeats", in, 1));
      measures.add(repeats("Measure what are none", kept, -1));
      measures.add(repeats("Measure what is late instead", late, -1));
    }
  }

  void measureSequences(
      PCollection<EventBlock> in, Sequenced<EventBlock> out, List<PCollection<Health>> measures) {
    if (isMeasured(Count.REPEATS)) {
      measures.add(repeats("Measure what may be repeats", in, 1));
      measures.add(repeats("Measure what are none", out.output(), -1));
      measures.add(
          out.deadLetters()
              .apply("Measure what is refused", MeasureHealth.counting(-1, Count.REPEATS)));
    }
  }

  void measureGaps(Sequenced<EventBlock> out, List<PCollection<Health>> measures) {
    if (isMeasured(Count.GAPS)) {
      measures.add(out.gaps().apply("Measure gaps", MeasureHealth.counting(1, Count.GAPS)));
    }
  }

  private static PCollection<Health> repeats(
      String name, PCollection<EventBlock> blocks, long weight) {
    return blocks.apply(name, MeasureHealth.countingBlocks(weight, Count.REPEATS));
  }

  /**
   * Judges what was measured within the workflow and around it.
   *
   * @param events what was read
   * @param unread records that are no events
   * @return empty without rules
   */
  Optional<PCollection<Alert>> raise(
      PCollection<EventBlock> events, List<PCollection<DeadLetter>> unread, WorkflowOutput result) {
    if (rules.isEmpty()) {
      return Optional.empty();
    }
    List<PCollection<Health>> measures = new ArrayList<>(result.health());
    measures.add(
        events.apply(
            "Measure events",
            rules.stream().anyMatch(rule -> rule.metric().isOfLags())
                ? MeasureHealth.ofBlocks()
                : MeasureHealth.countingBlocks(1, Count.READ)));
    for (int i = 0; i < unread.size(); i++) {
      measures.add(
          unread
              .get(i)
              .apply(
                  "Measure what is no event " + i,
                  MeasureHealth.counting(1, Count.READ, Count.DEAD_LETTERS)));
    }
    if (isMeasured(Count.DEAD_LETTERS)) {
      measures.add(
          result
              .deadLetters()
              .apply("Measure dead letters", MeasureHealth.counting(1, Count.DEAD_LETTERS)));
    }
    if (isMeasured(Count.LATE)) {
      measures.add(
          result.late().apply("Measure late", MeasureHealth.countingBlocks(1, Count.LATE)));
    }
    return Optional.of(
        PCollectionList.of(measures)
            .apply("All measures", Flatten.pCollections())
            .apply("Alerts", RaiseAlerts.when(rules)));
  }

  private boolean isMeasured(Count count) {
    return rules.stream().anyMatch(rule -> rule.metric().isOf(count));
  }

  /** What a bounded run has raised, for its summary. */
  void tell(Counts counts, Summary.Builder summary) {
    if (rules.isEmpty()) {
      return;
    }
    List<ImmutableMap<String, String>> raised = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      AlertRule rule = rules.get(i);
      String place = i + "=";
      for (String text : counts.textsOf(Counters.RAISED)) {
        if (text.startsWith(place)) {
          String value = text.substring(place.length());
          raised.add(
              ImmutableMap.of(
                  "metric",
                  rule.metric().text(),
                  rule.sideText(),
                  rule.limitText(),
                  "value",
                  value));
          summary.note("alert " + rule + ": " + value);
        }
      }
      if (rule.metric() == AlertMetric.THROUGHPUT) {
        summary.note("alert " + rule + ": told of live runs only");
      }
    }
    summary.alerts(raised);
  }
}
