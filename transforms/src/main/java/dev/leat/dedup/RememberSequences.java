package dev.leat.dedup;

import dev.leat.block.EventBlock;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Drops repeats live, with the ranges of each producer's numbers as state and a timer for gaps. */
final class RememberSequences extends DoFn<KV<String, EventBlock>, EventBlock> {
  private final Duration reportAfter;

  @StateId("producer")
  private final StateSpec<ValueState<byte[]>> producerSpec = StateSpecs.value(ByteArrayCoder.of());

  @TimerId("report")
  private final TimerSpec reportSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  RememberSequences(Duration reportAfter) {
    this.reportAfter = reportAfter;
  }

  @ProcessElement
  public void process(
      @Element KV<String, EventBlock> block,
      @AlwaysFetched @StateId("producer") ValueState<byte[]> state,
      @TimerId("report") Timer report,
      MultiOutputReceiver out) {
    ProducerState producer = read(state);
    SequenceSorter sorter = new SequenceSorter(producer, out);
    sorter.sort(block.getValue());
    sorter.finish();
    // Beam calls the watermark the current time of an event-time timer.
    watch(producer, report.getCurrentRelativeTime(), report);
    state.write(producer.write());
  }

  @OnTimer("report")
  public void report(
      @Key String source,
      @Timestamp Instant due,
      @AlwaysFetched @StateId("producer") ValueState<byte[]> state,
      @TimerId("report") Timer report,
      MultiOutputReceiver out) {
    ProducerState producer = read(state);
    SequenceSorter.report(source, producer.stopWatching(), out.get(SequenceSorter.GAPS));
    // The watermark can be at the end of time already, where no timer can be set.
    watch(producer, due, report);
    state.write(producer.write());
  }

  private void watch(ProducerState producer, Instant now, Timer report) {
    if (producer.watch()) {
      long from = Math.max(now.getMillis(), producer.latestMillis());
      report.set(Instant.ofEpochMilli(from).plus(reportAfter));
    }
  }

  private static ProducerState read(ValueState<byte[]> state) {
    byte @Nullable [] bytes = state.read();
    return bytes == null ? ProducerState.empty() : ProducerState.read(bytes);
  }
}
