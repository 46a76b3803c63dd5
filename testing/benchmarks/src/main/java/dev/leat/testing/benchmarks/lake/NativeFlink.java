package dev.leat.testing.benchmarks.lake;

import dev.leat.testing.benchmarks.peers.FlinkLocal;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.formats.parquet.ParquetWriterFactory;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.BucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.SimpleVersionedStringSerializer;

/** Flink's DataStream API: FileSource to a FileSink with a bucket a day. */
final class NativeFlink {
  private NativeFlink() {}

  public static void main(String[] args) throws Exception {
    StreamExecutionEnvironment environment = FlinkLocal.environment(RuntimeExecutionMode.STREAMING);
    FileSource<String> files =
        FileSource.forRecordStreamFormat(new TextLineInputFormat(), new Path(args[0])).build();
    environment
        .fromSource(files, WatermarkStrategy.noWatermarks(), "Read")
        .map(RawFlight::read)
        .returns(RawFlight.class)
        .sinkTo(
            FileSink.forBulkFormat(
                    new Path(args[1]), new ParquetWriterFactory<RawFlight>(RawFlightWriter::to))
                .withBucketAssigner(new ByDay())
                .withOutputFileConfig(
                    OutputFileConfig.builder()
                        .withPartPrefix("part")
                        .withPartSuffix(".parquet")
                        .build())
                .build());
    environment.execute();
  }

  private static final class ByDay implements BucketAssigner<RawFlight, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String getBucketId(RawFlight flight, Context context) {
      return flight.folder();
    }

    @Override
    public SimpleVersionedSerializer<String> getSerializer() {
      return SimpleVersionedStringSerializer.INSTANCE;
    }
  }
}
