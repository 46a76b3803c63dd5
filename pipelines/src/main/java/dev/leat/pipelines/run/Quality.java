package dev.leat.pipelines.run;

import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.health.Counters;
import dev.leat.io.spi.TimeRange;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.quality.Audit;
import dev.leat.quality.CheckQuality;
import dev.leat.quality.CountViolations;
import dev.leat.quality.HoldBack;
import dev.leat.step.EventFunction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a workflow's rules of quality stand in a run. Bounded, they are judged when all rows are
 * made, and until then neither these nor dead letters reach a sink. A live run has no end at which
 * to judge: there the events that break a rule about a field are counted, and nothing is refused.
 */
record Quality(Workflow workflow) {

  private static final Logger LOG = LoggerFactory.getLogger(Quality.class);

  /** What a live run does with each event, and says of it; nothing in a bounded one. */
  List<EventFunction> counting(PCollection<?> events) {
    if (!isLive(events) || workflow.quality().isEmpty()) {
      return List.of();
    }
    LOG.warn(
        "quality: a live run refuses nothing; events that break a rule about a field are counted"
            + " as '{}', rules about volume and rows have no effect",
        Counters.VIOLATIONS);
    return List.of(CountViolations.of(workflow.quality()));
  }

  /**
   * The rows once they are judged.
   *
   * @param events those the rows are made of
   * @param eventTime the range that was asked for, if any: at its end all windows are full
   */
  PCollection<RowBlock> judged(
      PCollection<RowBlock> rows, PCollection<EventBlock> events, Optional<TimeRange> eventTime) {
    if (workflow.quality().isEmpty() || isLive(events)) {
      return rows;
    }
    Optional<Instant> end =
        eventTime.map(TimeRange::end).filter(it -> !it.equals(TimeRange.always().end()));
    PCollection<String> passed =
        events.apply(
            "Check quality",
            CheckQuality.onBlocks(workflow.quality(), workflow.payloadReader(), end, rows));
    return rows.apply("Hold back rows", HoldBack.until(passed));
  }

  /** What {@link Audit} needs of rows that are a part of a result. */
  PCollection<String> counted(PCollection<RowBlock> rows, PCollection<EventBlock> events) {
    return events.apply(
        "Count for the audit", Audit.counting(workflow.quality(), workflow.payloadReader(), rows));
  }

  /** Dead letters once the rows are judged: a refused run leaves everything as it was. */
  PCollection<DeadLetter> heldBack(
      PCollection<DeadLetter> letters, PCollection<RowBlock> judgedRows) {
    return workflow.quality().isEmpty()
        ? letters
        : letters.apply("Hold back dead letters", HoldBack.until(judgedRows));
  }

  private static boolean isLive(PCollection<?> elements) {
    return elements.isBounded() == IsBounded.UNBOUNDED;
  }
}
