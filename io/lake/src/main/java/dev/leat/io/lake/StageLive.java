package dev.leat.io.lake;

import com.google.common.io.ByteStreams;
import com.google.common.io.CountingOutputStream;
import dev.leat.io.spi.Offsets;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.iceberg.Table;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Collects the elements of a partition and writes them to one staged file at each multiple of an
 * interval of processing time, at once if they are many, and at the end of the input. All
 * partitions do so at the same moments, so that what they write is committed together.
 */
final class StageLive<T> extends DoFn<KV<String, T>, LiveFile> {
  private static final long serialVersionUID = 1L;

  /** Encoded bytes of a partition that wait at most. */
  static final long MAX_BYTES = 64L << 20;

  private final LiveFile.Kind kind;
  private final TableRows<T> rows;
  private final Coder<T> coder;
  private final Duration every;
  private final long maxBytes;

  @StateId("waiting")
  private final StateSpec<BagState<T>> waitingSpec;

  @StateId("bytes")
  private final StateSpec<ValueState<Long>> bytesSpec = StateSpecs.value(VarLongCoder.of());

  @TimerId("interval")
  private final TimerSpec intervalSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  @TimerId("end")
  private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  private transient @Nullable Warehouse warehouse;
  private transient @Nullable Table table;

  StageLive(LiveFile.Kind kind, TableRows<T> rows, Coder<T> coder, Duration every, long maxBytes) {
    this.kind = kind;
    this.rows = rows;
    this.coder = coder;
    this.every = every;
    this.maxBytes = maxBytes;
    this.waitingSpec = StateSpecs.bag(coder);
  }

  @ProcessElement
  public void process(
      @Element KV<String, T> element,
      @StateId("waiting") BagState<T> waiting,
      @StateId("bytes") ValueState<Long> bytes,
      @TimerId("interval") Timer interval,
      @TimerId("end") Timer end,
      OutputReceiver<LiveFile> output)
      throws IOException {
    Long before = bytes.read();
    if (before == null) {
      interval.align(every).setRelative();
      // Not @OnWindowExpiration: that keeps a timer for every partition there ever was.
      end.set(GlobalWindow.INSTANCE.maxTimestamp());
    }
    waiting.add(element.getValue());
    long total = (before == null ? 0 : before) + sizeOf(element.getValue());
    bytes.write(total);
    if (total >= maxBytes) {
      stage(waiting, bytes, end, output);
    }
  }

  @OnTimer("interval")
  public void onInterval(
      @StateId("waiting") BagState<T> waiting,
      @StateId("bytes") ValueState<Long> bytes,
      @TimerId("end") Timer end,
      OutputReceiver<LiveFile> output) {
    stage(waiting, bytes, end, output);
  }

  @OnTimer("end")
  public void onEnd(
      @StateId("waiting") BagState<T> waiting,
      @StateId("bytes") ValueState<Long> bytes,
      @TimerId("end") Timer end,
      OutputReceiver<LiveFile> output) {
    stage(waiting, bytes, end, output);
  }

  private void stage(
      BagState<T> waiting, ValueState<Long> bytes, Timer end, OutputReceiver<LiveFile> output) {
    if (bytes.read() == null) {
      return;
    }
    write(waiting.read(), output);
    waiting.clear();
    bytes.clear();
    end.clear();
    FaultPoint.FILES_WRITTEN.reached();
  }

  private void write(Iterable<T> elements, OutputReceiver<LiveFile> output) {
    Table target = prepared();
    Lineages lineages = new Lineages(kind);
    ElementWriter<T> writer =
        rows.writer(
            target,
            file -> output.output(LiveFile.of(kind, file, lineages.take())),
            lineages::isNew);
    boolean finished = false;
    try {
      elements.forEach(writer::add);
      writer.finish();
      finished = true;
    } finally {
      if (!finished) {
        writer.abandon();
      }
    }
  }

  private long sizeOf(T element) throws IOException {
    try (CountingOutputStream bytes = new CountingOutputStream(ByteStreams.nullOutputStream())) {
      coder.encode(element, bytes);
      return bytes.getCount();
    }
  }

  private Table prepared() {
    if (table == null) {
      warehouse = Warehouse.open(rows.name());
      table = rows.prepare(warehouse);
    }
    return table;
  }

  @Teardown
  public void close() {
    if (warehouse != null) {
      warehouse.close();
    }
  }

  /** The offsets of the rows that are written, to tell copies and for the file they are in. */
  private static final class Lineages {
    private final LiveFile.Kind kind;
    private final Offsets all = new Offsets();
    private Offsets inFile = new Offsets();

    Lineages(LiveFile.Kind kind) {
      this.kind = kind;
    }

    boolean isNew(@Nullable String origin, int partition, long offset) {
      if (origin == null) {
        if (kind == LiveFile.Kind.EVENTS) {
          throw new IllegalStateException(
              "An event has no lineage, by which a live ingest tells it from a copy");
        }
        return true;
      }
      return all.add(origin, partition, offset) && inFile.add(origin, partition, offset);
    }

    Offsets take() {
      Offsets taken = inFile;
      inFile = new Offsets();
      return taken;
    }
  }
}
