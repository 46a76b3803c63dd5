package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.flights.FlightReader;
import dev.leat.testing.benchmarks.peers.FlightCoder;
import dev.leat.testing.benchmarks.peers.FlinkLocal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Beam's own transforms. Repeats are dropped within the hour, as {@link Distinct} does it: a repeat
 * has its flight's time.
 */
public final class StockBeam {
  private StockBeam() {}

  public static void main(String[] args) throws IOException {
    run(args, FlinkLocal.beamOptions(Path.of(args[2])));
  }

  static void run(String[] args, List<String> options) {
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs(options.toArray(String[]::new)).create());
    PCollection<Flight> flights =
        pipeline
            .apply("Read", TextIO.read().from(args[0] + "/*.jsonl"))
            .apply("Parse", ParDo.of(new ParseFn()))
            .setCoder(new FlightCoder());
    write(flights, args[1]);
    pipeline.run().waitUntilFinish();
  }

  /**
   * @param flights at their times
   */
  static void write(PCollection<Flight> flights, String output) {
    PCollection<Flight> hourly = flights.apply("Hourly", hourly());
    format(
            hourly.apply(
                "Drop repeats",
                Distinct.<Flight, String>withRepresentativeValueFn(flight -> flight.id)
                    .withRepresentativeType(TypeDescriptors.strings())))
        .apply("Write", TextIO.write().to(output + "/table").withSuffix(".jsonl"));
  }

  /**
   * The rows as JSON.
   *
   * @param flights at their times, without repeats
   */
  public static PCollection<String> sum(PCollection<Flight> flights) {
    return format(flights.apply("Hourly", hourly()));
  }

  private static Window<Flight> hourly() {
    return Window.into(FixedWindows.of(Duration.standardHours(1)));
  }

  private static PCollection<String> format(PCollection<Flight> hourly) {
    return hourly
        .apply(
            "By origin",
            WithKeys.<String, Flight>of(flight -> flight.origin)
                .withKeyType(TypeDescriptors.strings()))
        .apply("Sum", Combine.perKey(new SumFlights()))
        .apply("Format", ParDo.of(new FormatFn()));
  }

  private static final class ParseFn extends DoFn<String, Flight> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String line, OutputReceiver<Flight> out) throws IOException {
      Flight flight = FlightReader.read(line);
      out.outputWithTimestamp(flight, Instant.ofEpochMilli(flight.time));
    }
  }

  private static final class FormatFn extends DoFn<KV<String, HourlySum>, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<String, HourlySum> sum, IntervalWindow window, OutputReceiver<String> out) {
      out.output(sum.getValue().json(window.start().getMillis(), sum.getKey()));
    }
  }
}
