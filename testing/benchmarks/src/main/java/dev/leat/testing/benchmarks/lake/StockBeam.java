package dev.leat.testing.benchmarks.lake;

import dev.leat.testing.benchmarks.peers.FlinkLocal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.extensions.avro.coders.AvroCoder;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.io.parquet.ParquetIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Beam's own transforms: TextIO to FileIO.writeDynamic with a ParquetIO sink. */
final class StockBeam {
  private static final Schema SCHEMA =
      SchemaBuilder.record("flight")
          .fields()
          .requiredString("id")
          .name("time")
          .type(LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
          .noDefault()
          .requiredString("tenant")
          .requiredBytes("data")
          .endRecord();

  private StockBeam() {}

  public static void main(String[] args) throws IOException {
    List<String> options = FlinkLocal.beamOptions(Path.of(args[2]));
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs(options.toArray(String[]::new)).create());
    pipeline
        .apply("Read", TextIO.read().from(args[0] + "/*.jsonl"))
        .apply("Parse", MapElements.via(new ParseFn()))
        .setCoder(AvroCoder.generic(SCHEMA))
        .apply(
            "Write",
            FileIO.<String, GenericRecord>writeDynamic()
                .by(flight -> RawFlight.folder((Long) flight.get("time") / 1_000))
                .withDestinationCoder(StringUtf8Coder.of())
                .via(
                    ParquetIO.sink(SCHEMA)
                        .withCompressionCodec(CompressionCodecName.ZSTD)
                        .withRowGroupSize((int) RawFlightWriter.ROW_GROUP_BYTES))
                .to(args[1])
                .withNaming(folder -> FileIO.Write.defaultNaming(folder + "/part", ".parquet"))
                .withNumShards(2));
    pipeline.run().waitUntilFinish();
  }

  private static final class ParseFn extends SimpleFunction<String, GenericRecord> {
    private static final long serialVersionUID = 1L;

    @Override
    public GenericRecord apply(String line) {
      try {
        RawFlight flight = RawFlight.read(line);
        GenericRecord row = new GenericData.Record(SCHEMA);
        row.put("id", flight.id);
        row.put("time", flight.time * 1_000);
        row.put("tenant", flight.tenant);
        row.put("data", ByteBuffer.wrap(flight.data));
        return row;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
