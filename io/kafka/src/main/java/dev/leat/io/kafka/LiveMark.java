package dev.leat.io.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;

/**
 * How far a reader has given the records of its partitions to the pipeline, and the watermark of
 * each there.
 */
final class LiveMark implements UnboundedSource.CheckpointMark {
  /**
   * @param next the first offset that is not given yet
   * @param watermark in epoch milliseconds
   */
  record Partition(int number, long next, long watermark) {}

  private final List<Partition> partitions;
  private final Consumer<Map<Integer, Long>> commit;

  private LiveMark(List<Partition> partitions, Consumer<Map<Integer, Long>> commit) {
    this.partitions = List.copyOf(partitions);
    this.commit = commit;
  }

  /**
   * @param commit is told of the offsets once they are in a checkpoint that is complete
   */
  static LiveMark of(List<Partition> partitions, Consumer<Map<Integer, Long>> commit) {
    return new LiveMark(partitions, commit);
  }

  List<Partition> partitions() {
    return partitions;
  }

  @Override
  public void finalizeCheckpoint() {
    Map<Integer, Long> offsets = new TreeMap<>();
    partitions.forEach(partition -> offsets.put(partition.number(), partition.next()));
    commit.accept(offsets);
  }

  static final class MarkCoder extends CustomCoder<LiveMark> {
    private static final long serialVersionUID = 1L;
    private static final VarIntCoder INT = VarIntCoder.of();
    private static final VarLongCoder LONG = VarLongCoder.of();

    @Override
    public void encode(LiveMark mark, OutputStream out) throws IOException {
      INT.encode(mark.partitions.size(), out);
      for (Partition partition : mark.partitions) {
        INT.encode(partition.number(), out);
        LONG.encode(partition.next(), out);
        LONG.encode(partition.watermark(), out);
      }
    }

    @Override
    public LiveMark decode(InputStream in) throws IOException {
      int size = INT.decode(in);
      List<Partition> partitions = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        partitions.add(new Partition(INT.decode(in), LONG.decode(in), LONG.decode(in)));
      }
      // It came from a checkpoint, so that it is as complete as it will be.
      return new LiveMark(partitions, unused -> {});
    }

    @Override
    public void verifyDeterministic() {}
  }
}
