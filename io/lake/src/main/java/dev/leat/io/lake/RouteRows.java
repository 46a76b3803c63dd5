package dev.leat.io.lake;

import dev.leat.block.EvenKeys;
import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.TimeRanges;
import dev.leat.wait.AllOf;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/** Cuts blocks of rows by partition, and spreads a partition that has very many in a bundle. */
final class RouteRows extends DoFn<RowBlock, KV<String, RowBlock>> {
  private static final long serialVersionUID = 1L;

  /** The partition of rows without a window. */
  private static final long NULL = Long.MIN_VALUE;

  private static final int SHARD_ROWS = 1_000_000;
  private static final int MAX_BUFFERED_ROWS = 100_000;

  private final RowPartition partition;
  private final @Nullable TimeRanges windowStarts;
  private transient @Nullable Map<Long, Open> open;
  private transient int buffered;

  private RouteRows(RowPartition partition, @Nullable TimeRanges windowStarts) {
    this.partition = partition;
    this.windowStarts = windowStarts;
  }

  /**
   * Writes bounded rows to staged files, for the step that commits them.
   *
   * @param windowStarts where the rows' windows must begin; null for anywhere
   */
  static AllOf<StagedFile> stage(
      PCollection<RowBlock> input, DerivedRows rows, @Nullable TimeRanges windowStarts) {
    return AllOf.gather(
        "Row files",
        input
            .apply("All rows", Window.<RowBlock>into(new GlobalWindows()))
            .apply("Route rows", ParDo.of(new RouteRows(rows.partition(), windowStarts)))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), RowBlockCoder.of(rows.rows())))
            .apply("Write rows", new WriteFiles<>(rows)));
  }

  @StartBundle
  public void start() {
    open = new HashMap<>();
    buffered = 0;
  }

  @ProcessElement
  public void process(@Element RowBlock block, OutputReceiver<KV<String, RowBlock>> output) {
    Map<Long, Open> byPartition = opened();
    for (Row row : block) {
      Open target = byPartition.computeIfAbsent(partitionOf(row), Open::new);
      target.rows.add(row);
      buffered++;
      if (target.rows.size() >= RowBlock.MAX_ROWS) {
        buffered -= target.rows.size();
        output.output(target.flush());
      }
    }
    if (buffered > MAX_BUFFERED_ROWS) {
      for (Open target : byPartition.values()) {
        if (!target.rows.isEmpty()) {
          output.output(target.flush());
        }
      }
      buffered = 0;
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    for (Open target : opened().values()) {
      if (!target.rows.isEmpty()) {
        context.output(target.flush(), GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE);
      }
    }
    open = null;
  }

  private Map<Long, Open> opened() {
    if (open == null) {
      throw new IllegalStateException("No bundle was started");
    }
    return open;
  }

  private long partitionOf(Row row) {
    if (partition == RowPartition.NONE) {
      return 0;
    }
    ReadableInstant windowStart = row.getDateTime(RowPartition.WINDOW_START);
    if (windowStart == null) {
      if (windowStarts != null) {
        throw new IllegalStateException("A row without window_start is in no range of event time");
      }
      return NULL;
    }
    Instant time = Instant.ofEpochMilli(windowStart.getMillis());
    if (windowStarts != null && !windowStarts.contains(time)) {
      // Appended, it would stand beside the row that it recomputes, which is not replaced.
      throw new IllegalStateException(
          "A row's window starts at "
              + time
              + ", outside the ranges that the run replaces, "
              + windowStarts.hull().start()
              + " to "
              + windowStarts.hull().end());
    }
    return partition.ordinalOf(time);
  }

  /** A partition's unfinished block. */
  private static final class Open {
    private final ShardKey key;
    private final List<Row> rows = new ArrayList<>();

    Open(long partition) {
      this.key =
          new ShardKey(
              SHARD_ROWS, shard -> EvenKeys.atPlace(partition + shard, shard + "/" + partition));
    }

    KV<String, RowBlock> flush() {
      RowBlock block = RowBlock.of(rows);
      String next = key.next(rows.size());
      rows.clear();
      return KV.of(next, block);
    }
  }
}
