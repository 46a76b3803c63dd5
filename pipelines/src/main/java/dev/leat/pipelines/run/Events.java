package dev.leat.pipelines.run;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RecordBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.health.Counters;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.ParseEvents;
import dev.leat.ingest.PlausibleTimes;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.TimeRanges;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.prepare.EarlyReduction;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/** The events of a source, parsed by the workflow if they are still records. */
public final class Events {
  private Events() {}

  /**
   * Opens a source. An empty file among others is nothing special, but who names one by itself has
   * most likely the wrong one.
   *
   * @throws UsageException if the source cannot be, or is one file and that is empty
   * @throws dev.leat.io.spi.UnreachableException if it is not there
   */
  public static Source open(ConnectorUri uri, SourceRequest request) {
    Source source = Connectors.load().source(uri, request);
    if (source instanceof Source.OfFiles) {
      List<InputFile> files = ((Source.OfFiles) source).files();
      if (files.get(0).sizeBytes() == 0 && files.get(0).name().endsWith(lastPart(uri))) {
        throw new UsageException(uri + " is empty; expected a file with records");
      }
    }
    return source;
  }

  /** What a source is asked for a workflow. */
  public static SourceRequest request(Workflow workflow) {
    return SourceRequest.defaults()
        .withFormat(workflow.recordFormat())
        .withMapping(believing(workflow.mapping()));
  }

  /** A log's watermark follows its events, so one event with a wild time must not be believed. */
  private static Mapping believing(Mapping mapping) {
    return mapping.plausibleTimes().isPresent()
        ? mapping
        : mapping.withPlausibleTimes(PlausibleTimes.defaults());
  }

  /** How the records of a source become events. */
  static Mapping mappingFor(Source source, Workflow workflow) {
    return source instanceof Source.OfLog ? believing(workflow.mapping()) : workflow.mapping();
  }

  private static String lastPart(ConnectorUri uri) {
    return uri.place().substring(uri.place().lastIndexOf('/') + 1);
  }

  /**
   * @param failures gets the records that are no events
   */
  public static PCollection<EventBlock> from(
      Source source, Workflow workflow, Pipeline pipeline, List<PCollection<DeadLetter>> failures) {
    return from(source, workflow, Optional.empty(), pipeline, failures);
  }

  /**
   * @param early what may be done with events as they are read
   * @param failures gets the records that are no events
   */
  static PCollection<EventBlock> from(
      Source source,
      Workflow workflow,
      Optional<EarlyReduction> early,
      Pipeline pipeline,
      List<PCollection<DeadLetter>> failures) {
    if (source instanceof Source.OfEvents events) {
      return pipeline
          .apply("Read", early.map(events::read).orElseGet(events::read))
          .apply("Count", ParDo.of(new CountRead()));
    }
    PCollection<RecordBlock> records = pipeline.apply("Read", ((Source.OfRecords) source).read());
    return source instanceof Source.OfLog
        ? parseLog(records, workflow, failures)
        : parse(records, workflow, failures);
  }

  /**
   * Those of a part. A source of events reads no others; one of records may give all of what it had
   * to open.
   *
   * @param times absent for all
   */
  static PCollection<EventBlock> ofPart(
      Optional<TimeRanges> times, Source source, PCollection<EventBlock> events) {
    return times.isEmpty() || source instanceof Source.OfEvents
        ? events
        : events
            .apply("Of the part", ParDo.of(OnlyTimes.countingOthers(times.get())))
            .setCoder(EventBlockCoder.of());
  }

  /** Records that a source has read already. */
  public static PCollection<EventBlock> parse(
      PCollection<RecordBlock> records, Workflow workflow, List<PCollection<DeadLetter>> failures) {
    return records.apply("Parse", ParseEvents.onBlocks(workflow.mapping())).failuresTo(failures);
  }

  /** As {@link #parse}, for a source whose watermark follows the events. */
  public static PCollection<EventBlock> parseLog(
      PCollection<RecordBlock> records, Workflow workflow, List<PCollection<DeadLetter>> failures) {
    return records
        .apply("Parse", ParseEvents.onBlocks(believing(workflow.mapping())))
        .failuresTo(failures);
  }

  private static final class CountRead extends DoFn<EventBlock, EventBlock> {
    private static final Counter READ = Counters.counter(Counters.READ);

    @ProcessElement
    public void process(@Element EventBlock block, OutputReceiver<EventBlock> out) {
      READ.inc(block.count());
      out.output(block);
    }
  }
}
