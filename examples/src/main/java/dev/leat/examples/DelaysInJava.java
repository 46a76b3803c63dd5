package dev.leat.examples;

import static java.time.Duration.ofDays;
import static org.apache.beam.sdk.values.TypeDescriptors.strings;

import dev.leat.aggregate.AggregateEvents;
import dev.leat.aggregate.Measure;
import dev.leat.dedup.DropDuplicates;
import dev.leat.enrich.EnrichEvents;
import dev.leat.enrich.FileLookup;
import dev.leat.field.FieldRef;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.ParseEvents;
import dev.leat.ingest.TimeFormat;
import dev.leat.io.files.ReadRecords;
import dev.leat.io.spi.RowJson;
import dev.leat.window.Windows;
import java.time.ZoneOffset;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.MapElements;

/** The workflow of examples/flights/delays.yaml as a chain of transforms in a Beam pipeline. */
public final class DelaysInJava {
  private static final Mapping FLIGHTS =
      Mapping.of(Mapping.Format.JSON, "flight.departed", FieldRef.parse("/date"))
          .withTimeFormat(TimeFormat.of("yyyy/MM/dd HH:mm", ZoneOffset.UTC))
          .withTenant("/origin");

  private DelaysInJava() {}

  /** Arguments: the flights as JSON lines, the airports as CSV, where the result goes. */
  public static void main(String[] args) {
    Pipeline pipeline = Pipeline.create();
    var keepRejected = new KeepRejected(args[2] + "-rejected");
    try (var rejected = pipeline.registerBadRecordErrorHandler(keepRejected)) {
      pipeline
          .apply("Read", ReadRecords.from(args[0]))
          .apply("Parse", ParseEvents.with(FLIGHTS))
          .failuresTo(rejected)
          .apply("Drop repeats", DropDuplicates.byId().within(ofDays(7)))
          .output()
          .apply("Daily", Windows.fixed(ofDays(1)))
          .apply(
              "Add airport",
              EnrichEvents.lookup(FileLookup.of(args[1], "iata")).on("/origin").as("airport"))
          .failuresTo(rejected)
          .apply(
              "Delays",
              AggregateEvents.by("airport.state")
                  .measure("flights", Measure.count())
                  .measure("avg_delay", Measure.avg("/delay")))
          .failuresTo(rejected)
          .apply("As JSON", MapElements.into(strings()).via(RowJson::of))
          .apply("Write", TextIO.write().to(args[2]).withSuffix(".jsonl").withoutSharding());
    }
    pipeline.run().waitUntilFinish();
  }
}
