package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.peers.FlinkLocal;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.core.fs.Path;
import org.apache.flink.formats.parquet.avro.AvroParquetReaders;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Flink's DataStream API over the lake's Parquet files. */
final class NativeFlinkFromLake {
  private NativeFlinkFromLake() {}

  public static void main(String[] args) throws Exception {
    run(args, RuntimeExecutionMode.STREAMING);
  }

  static void run(String[] args, RuntimeExecutionMode mode) throws Exception {
    StreamExecutionEnvironment environment = FlinkLocal.environment(mode);
    FileSource<GenericRecord> files =
        FileSource.forRecordStreamFormat(
                AvroParquetReaders.forGenericRecord(LakeColumns.AVRO), new Path(args[0]))
            .build();
    DataStream<Flight> flights =
        environment
            .fromSource(files, WatermarkStrategy.noWatermarks(), "Read")
            .map(LakeColumns::flight)
            .returns(Flight.class)
            .name("Parse");
    NativeFlink.table(flights)
        .sinkTo(
            FileSink.forRowFormat(new Path(args[1]), new SimpleStringEncoder<String>()).build());
    environment.execute();
  }
}
