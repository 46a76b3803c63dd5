package dev.leat.io.kafka;

import dev.leat.block.RecordBlock;
import dev.leat.block.RecordBlockCoder;
import dev.leat.io.spi.Offsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * Partitions of a topic that are read for ever, in blocks of what a poll brought. See {@link
 * LiveReader}.
 */
final class LiveSource extends UnboundedSource<RecordBlock, LiveMark> {
  private static final long serialVersionUID = 1L;

  private final SourceSettings settings;
  private final String origin;
  private final TreeMap<Integer, Long> starts;
  private final TreeMap<Integer, Long> allStarts;
  private final Offsets taken;

  /**
   * @param starts of the partitions that are read
   * @param allStarts of all the topic has
   */
  private LiveSource(
      SourceSettings settings,
      String origin,
      TreeMap<Integer, Long> starts,
      TreeMap<Integer, Long> allStarts,
      Offsets taken) {
    this.settings = settings;
    this.origin = origin;
    this.starts = starts;
    this.allStarts = allStarts;
    this.taken = taken;
  }

  /**
   * @param starts where each partition begins, unless there is a checkpoint
   * @param taken records that are left out
   */
  static LiveSource of(
      SourceSettings settings, String origin, TreeMap<Integer, Long> starts, Offsets taken) {
    return new LiveSource(settings, origin, starts, starts, taken);
  }

  /** By turns, so that no reader has more than one partition more than another. */
  @Override
  public List<LiveSource> split(int desired, PipelineOptions options) {
    List<Integer> partitions = new ArrayList<>(starts.keySet());
    int readers = Math.min(Math.max(1, desired), partitions.size());
    return IntStream.range(0, readers)
        .mapToObj(
            reader -> {
              TreeMap<Integer, Long> some = new TreeMap<>();
              for (int i = reader; i < partitions.size(); i += readers) {
                some.put(partitions.get(i), starts.get(partitions.get(i)));
              }
              return new LiveSource(settings, origin, some, allStarts, taken);
            })
        .toList();
  }

  @Override
  public UnboundedReader<RecordBlock> createReader(
      PipelineOptions options, @Nullable LiveMark mark) {
    return new LiveReader(this, mark);
  }

  SourceSettings settings() {
    return settings;
  }

  String origin() {
    return origin;
  }

  TreeMap<Integer, Long> starts() {
    return starts;
  }

  TreeMap<Integer, Long> allStarts() {
    return allStarts;
  }

  Offsets taken() {
    return taken;
  }

  @Override
  public Coder<RecordBlock> getOutputCoder() {
    return RecordBlockCoder.of();
  }

  @Override
  public Coder<LiveMark> getCheckpointMarkCoder() {
    return new LiveMark.MarkCoder();
  }
}
