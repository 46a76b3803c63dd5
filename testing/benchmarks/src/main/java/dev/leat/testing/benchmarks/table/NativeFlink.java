package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.flights.FlightReader;
import dev.leat.testing.benchmarks.peers.FlinkLocal;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.time.Time;

/**
 * Flink's DataStream API in streaming mode. There are no watermarks before the end of the files,
 * which are read in no order: any would make events late.
 */
final class NativeFlink {
  private NativeFlink() {}

  public static void main(String[] args) throws Exception {
    run(args, RuntimeExecutionMode.STREAMING);
  }

  static void run(String[] args, RuntimeExecutionMode mode) throws Exception {
    StreamExecutionEnvironment environment = FlinkLocal.environment(mode);
    FileSource<String> files =
        FileSource.forRecordStreamFormat(new TextLineInputFormat(), new Path(args[0])).build();
    DataStream<Flight> flights =
        environment
            .fromSource(files, WatermarkStrategy.noWatermarks(), "Read")
            .map(FlightReader::read)
            .returns(Flight.class)
            .name("Parse");
    table(flights)
        .sinkTo(
            FileSink.forRowFormat(new Path(args[1]), new SimpleStringEncoder<String>()).build());
    environment.execute();
  }

  /** The rows as JSON lines. */
  static DataStream<String> table(DataStream<Flight> flights) {
    return flights
        .keyBy(flight -> flight.id)
        .filter(new FirstOfId())
        .name("Drop repeats")
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<Flight>noWatermarks()
                .withTimestampAssigner((flight, before) -> flight.time))
        .keyBy(flight -> flight.origin)
        .window(TumblingEventTimeWindows.of(Time.hours(1)))
        .aggregate(new SumOfHour(), new RowOfHour())
        .name("Sum");
  }
}
