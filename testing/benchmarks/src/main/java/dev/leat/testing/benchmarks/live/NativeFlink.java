package dev.leat.testing.benchmarks.live;

import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.flights.FlightReader;
import dev.leat.testing.benchmarks.peers.FlinkLocal;
import dev.leat.testing.benchmarks.table.RowOfHour;
import dev.leat.testing.benchmarks.table.SumOfHour;
import java.io.IOException;
import java.time.Duration;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.time.Time;

/** Flink's DataStream API: {@code BOOTSTRAP TOPIC ROWS DISORDER_SECONDS SCRATCH}. */
final class NativeFlink {
  private NativeFlink() {}

  public static void main(String[] args) throws Exception {
    StreamExecutionEnvironment environment = FlinkLocal.environment(RuntimeExecutionMode.STREAMING);
    environment.enableCheckpointing(10_000);
    environment.getCheckpointConfig().setCheckpointStorage("file:" + args[4] + "/checkpoints");
    KafkaSource<Flight> source =
        KafkaSource.<Flight>builder()
            .setBootstrapServers(args[0])
            .setTopics(args[1])
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setProperty("isolation.level", "read_committed")
            .setValueOnlyDeserializer(new ReadFlight())
            .build();
    KafkaSink<String> rows =
        KafkaSink.<String>builder()
            .setBootstrapServers(args[0])
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .setRecordSerializer(
                KafkaRecordSerializationSchema.builder()
                    .setTopic(args[2])
                    .setValueSerializationSchema(new SimpleStringSchema())
                    .build())
            .build();
    environment
        .fromSource(
            source,
            WatermarkStrategy.<Flight>forBoundedOutOfOrderness(
                    Duration.ofSeconds(Long.parseLong(args[3])))
                .withTimestampAssigner((flight, before) -> flight.time),
            "Read")
        .keyBy(flight -> flight.id)
        .process(new FirstWithin(Duration.ofDays(7)))
        .name("Drop repeats")
        .keyBy(flight -> flight.origin)
        .window(TumblingEventTimeWindows.of(Time.hours(1)))
        .aggregate(new SumOfHour(), new RowOfHour())
        .name("Sum")
        .sinkTo(rows);
    environment.execute();
  }

  private static final class ReadFlight extends AbstractDeserializationSchema<Flight> {
    private static final long serialVersionUID = 1L;

    ReadFlight() {
      super(Flight.class);
    }

    @Override
    public Flight deserialize(byte[] message) throws IOException {
      return FlightReader.read(message);
    }
  }
}
