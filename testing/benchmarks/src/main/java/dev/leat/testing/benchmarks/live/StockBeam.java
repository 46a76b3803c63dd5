package dev.leat.testing.benchmarks.live;

import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.flights.FlightReader;
import dev.leat.testing.benchmarks.peers.FlightCoder;
import dev.leat.testing.benchmarks.peers.FlinkLocal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.kafka.CustomTimestampPolicyWithLimitedDelay;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.Deduplicate;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Beam's own transforms: {@code BOOTSTRAP TOPIC ROWS DISORDER_SECONDS SCRATCH}. */
final class StockBeam {
  private StockBeam() {}

  public static void main(String[] args) throws IOException {
    // Else Avro 1.12 refuses to write KafkaIO's checkpoints.
    System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "*");
    List<String> options = new ArrayList<>(FlinkLocal.beamOptions(Path.of(args[4])));
    options.addAll(
        List.of(
            "--streaming=true",
            "--checkpointingInterval=10000",
            "--stateBackend=filesystem",
            "--stateBackendStoragePath=file:" + args[4] + "/checkpoints",
            "--maxBundleSize=10000",
            "--autoWatermarkInterval=200"));
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs(options.toArray(String[]::new)).create());
    dev.leat.testing.benchmarks.table.StockBeam.sum(
            pipeline
                .apply("Read", read(args))
                .apply("Parse", ParDo.of(new ParseFn()))
                .setCoder(new FlightCoder())
                .apply(
                    "Drop repeats",
                    Deduplicate.<Flight, String>withRepresentativeValueFn(flight -> flight.id)
                        .withRepresentativeType(TypeDescriptors.strings())
                        .withTimeDomain(TimeDomain.EVENT_TIME)
                        .withDuration(Duration.standardDays(7))))
        .apply(
            "Write",
            KafkaIO.<Void, String>write()
                .withBootstrapServers(args[0])
                .withTopic(args[2])
                .withValueSerializer(StringSerializer.class)
                .values());
    pipeline.run().waitUntilFinish();
  }

  private static KafkaIO.Read<byte[], byte[]> read(String[] args) {
    Duration disorder = Duration.standardSeconds(Long.parseLong(args[3]));
    return KafkaIO.<byte[], byte[]>read()
        .withBootstrapServers(args[0])
        .withTopic(args[1])
        .withKeyDeserializer(ByteArrayDeserializer.class)
        .withValueDeserializer(ByteArrayDeserializer.class)
        .withConsumerConfigUpdates(java.util.Map.of("auto.offset.reset", "earliest"))
        .withReadCommitted()
        .withTimestampPolicyFactory(
            (partition, previous) ->
                new CustomTimestampPolicyWithLimitedDelay<>(StockBeam::timeOf, disorder, previous));
  }

  private static Instant timeOf(KafkaRecord<byte[], byte[]> record) {
    try {
      return Instant.ofEpochMilli(FlightReader.read(record.getKV().getValue()).time);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class ParseFn extends DoFn<KafkaRecord<byte[], byte[]>, Flight> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KafkaRecord<byte[], byte[]> record, OutputReceiver<Flight> out)
        throws IOException {
      out.output(FlightReader.read(record.getKV().getValue()));
    }
  }
}
