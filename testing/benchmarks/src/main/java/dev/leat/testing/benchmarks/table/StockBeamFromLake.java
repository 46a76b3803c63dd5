package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.peers.FlightCoder;
import dev.leat.testing.benchmarks.peers.FlinkLocal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.parquet.ParquetIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;

/** Beam's own transforms over the lake's Parquet files. */
final class StockBeamFromLake {
  private StockBeamFromLake() {}

  public static void main(String[] args) throws IOException {
    List<String> options = FlinkLocal.beamOptions(Path.of(args[2]));
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs(options.toArray(String[]::new)).create());
    PCollection<Flight> flights =
        pipeline
            .apply(
                "Read",
                ParquetIO.read(LakeColumns.AVRO)
                    .from(args[0] + "/**/*.parquet")
                    .withProjection(LakeColumns.AVRO, LakeColumns.AVRO))
            .apply("Parse", ParDo.of(new ParseFn()))
            .setCoder(new FlightCoder());
    StockBeam.write(flights, args[1]);
    pipeline.run().waitUntilFinish();
  }

  private static final class ParseFn extends DoFn<GenericRecord, Flight> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element GenericRecord row, OutputReceiver<Flight> out) throws IOException {
      Flight flight = LakeColumns.flight(row);
      out.outputWithTimestamp(flight, Instant.ofEpochMilli(flight.time));
    }
  }
}
