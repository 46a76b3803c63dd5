package dev.leat.pipelines.run;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RowBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.health.Counters;
import dev.leat.io.lake.Increment;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.quality.Audit;
import dev.leat.quality.CheckQuality;
import dev.leat.quality.CountViolations;
import dev.leat.quality.QualityRule;
import dev.leat.range.LongRanges;
import dev.leat.step.EventFunction;
import dev.leat.wait.HoldBack;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
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
   * @param part what of the result these are, if not all
   */
  PCollection<RowBlock> judged(
      PCollection<RowBlock> rows,
      PCollection<EventBlock> events,
      Optional<TimeRange> eventTime,
      Optional<Increment.Part> part) {
    if (workflow.quality().isEmpty() || isLive(events)) {
      return rows;
    }
    if (part.isPresent()) {
      return rows.apply("Hold back rows", HoldBack.until(passed(rows, events, part.get())));
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

  /**
   * Rules that compare windows see all events that were read, those of earlier windows too; the
   * others those of the part.
   */
  private PCollection<String> passed(
      PCollection<RowBlock> rows, PCollection<EventBlock> events, Increment.Part part) {
    List<QualityRule> comparing = new ArrayList<>();
    List<QualityRule> others = new ArrayList<>();
    LongRanges starts = new LongRanges();
    for (TimeRange range : part.windowStarts().ranges()) {
      starts.add(range.start().toEpochMilli(), range.end().toEpochMilli());
    }
    for (QualityRule rule : workflow.quality()) {
      (rule.comparedWith().isPresent() ? comparing : others)
          .add(rule.ofPart(starts, part.rowsBeside()));
    }
    Optional<Instant> end =
        part.isFollowed() ? Optional.of(part.eventTimes().hull().end()) : Optional.empty();
    PCollection<EventBlock> ofPart =
        comparing.isEmpty()
            ? events
            : events
                .apply("Events of the part", ParDo.of(OnlyTimes.in(part.eventTimes())))
                .setCoder(EventBlockCoder.of());
    List<PCollection<String>> passed = new ArrayList<>();
    if (!comparing.isEmpty()) {
      passed.add(
          events.apply(
              "Compare windows",
              CheckQuality.onBlocks(comparing, workflow.payloadReader(), end, rows)));
    }
    if (!others.isEmpty()) {
      passed.add(
          ofPart.apply(
              "Check quality", CheckQuality.onBlocks(others, workflow.payloadReader(), end, rows)));
    }
    return PCollectionList.of(passed).apply("All rules", Flatten.pCollections());
  }

  /**
   * The events that must be read for a part: with rules that compare windows, those of the earlier
   * windows too.
   */
  TimeRanges read(Increment.Part part) {
    List<TimeRange> times = new ArrayList<>(part.eventTimes().ranges());
    for (QualityRule rule : workflow.quality()) {
      rule.comparedWith()
          .ifPresent(
              before ->
                  part.eventTimes()
                      .ranges()
                      .forEach(
                          range ->
                              times.add(
                                  TimeRange.of(
                                      range.start().minus(before), range.end().minus(before)))));
    }
    return TimeRanges.of(times);
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
