package dev.leat.testing.benchmarks.table;

import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** A sum with its hour and origin. */
public final class RowOfHour extends ProcessWindowFunction<HourlySum, String, String, TimeWindow> {
  private static final long serialVersionUID = 1L;

  @Override
  public void process(
      String origin, Context context, Iterable<HourlySum> sums, Collector<String> out) {
    for (HourlySum sum : sums) {
      out.collect(sum.json(context.window().getStart(), origin));
    }
  }
}
