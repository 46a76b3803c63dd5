package dev.leat.io.kafka;

import dev.leat.block.RecordBlock;
import dev.leat.block.RecordBlockCoder;
import dev.leat.io.spi.Offsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads fixed ranges of offsets, in pieces that workers share. A retry of a piece reads the same
 * records. The blocks have no timestamp of their own: their events get theirs when they are parsed.
 */
final class ReadBounded extends PTransform<PBegin, PCollection<RecordBlock>> {
  private static final long serialVersionUID = 1L;

  /** Small enough to share among workers and to read again after a failure. */
  static final long OFFSETS_IN_A_PIECE = 250_000;

  private final transient SourceSettings settings;
  private final transient Map<Integer, Long> starts;
  private final transient Map<Integer, Long> ends;
  private final transient ReadPiece reading;

  ReadBounded(
      SourceSettings settings,
      String origin,
      Map<Integer, Long> starts,
      Map<Integer, Long> ends,
      Offsets taken) {
    this.settings = settings;
    this.starts = starts;
    this.ends = ends;
    this.reading = new ReadPiece(settings, origin, taken);
  }

  @Override
  public PCollection<RecordBlock> expand(PBegin input) {
    return input
        .apply(
            "Ranges of " + settings.address().topic(),
            Create.of(pieces()).withCoder(KvCoder.of(VarIntCoder.of(), OffsetRange.Coder.of())))
        .apply("Share", Reshuffle.viaRandomKey())
        .apply("Read ranges", ParDo.of(reading))
        .setCoder(RecordBlockCoder.of());
  }

  private List<KV<Integer, OffsetRange>> pieces() {
    List<KV<Integer, OffsetRange>> pieces = new ArrayList<>();
    starts.forEach(
        (partition, start) -> {
          long end = ends.getOrDefault(partition, start);
          for (long from = start; from < end; from += OFFSETS_IN_A_PIECE) {
            long to = Math.min(end, from + OFFSETS_IN_A_PIECE);
            pieces.add(KV.of(partition, new OffsetRange(from, to)));
          }
        });
    return pieces;
  }

  private static final class ReadPiece extends DoFn<KV<Integer, OffsetRange>, RecordBlock> {
    private static final long serialVersionUID = 1L;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ClientSettings client;
    private final boolean isGapAccepted;
    private final int maxRecordBytes;
    private final String origin;
    private final Offsets taken;
    private transient @Nullable Consumer<byte[], byte[]> consumer;

    ReadPiece(SourceSettings settings, String origin, Offsets taken) {
      this.client = settings.client();
      this.isGapAccepted = settings.isGapAccepted();
      this.maxRecordBytes = settings.maxRecordBytes();
      this.origin = origin;
      this.taken = taken;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, OffsetRange> piece, OutputReceiver<RecordBlock> blocks) {
      int partition = piece.getKey();
      TopicPartition log = new TopicPartition(client.address().topic(), partition);
      Consumer<byte[], byte[]> reader = reader();
      reader.assign(List.of(log));
      reader.seek(log, piece.getValue().getFrom());
      RecordPacker packer = new RecordPacker(origin, partition, maxRecordBytes);
      long end = piece.getValue().getTo();
      long position = piece.getValue().getFrom();
      Patience patience = new Patience(PATIENCE);
      // Until the position is at the end, not until so many records: offsets can be without one.
      while (position < end) {
        for (ConsumerRecord<byte[], byte[]> record : poll(reader, log, position)) {
          if (record.offset() < end && !taken.contains(origin, partition, record.offset())) {
            int attempt = Attempts.of(record.headers());
            if (!packer.takes(attempt)) {
              blocks.output(packer.build());
            }
            packer.add(record.offset(), record.value(), attempt);
            if (packer.isFull()) {
              blocks.output(packer.build());
            }
          }
        }
        long now = reader.position(log, PATIENCE);
        long waiting = position;
        patience.check(
            now != position, () -> client.address() + ": nothing comes after offset " + waiting);
        position = now;
      }
      if (!packer.isEmpty()) {
        blocks.output(packer.build());
      }
    }

    private Iterable<ConsumerRecord<byte[], byte[]>> poll(
        Consumer<byte[], byte[]> reader, TopicPartition log, long position) {
      try {
        return reader.poll(Duration.ofSeconds(1));
      } catch (OffsetOutOfRangeException e) {
        long begin = reader.beginningOffsets(List.of(log), PATIENCE).getOrDefault(log, position);
        throw OffsetPlan.gap(client.address(), log.partition(), position, begin);
      }
    }

    private Consumer<byte[], byte[]> reader() {
      Consumer<byte[], byte[]> current = consumer;
      if (current == null) {
        current = LiveConsumers.open(client, isGapAccepted, Map.of());
        consumer = current;
      }
      return current;
    }

    @Teardown
    public void close() {
      if (consumer != null) {
        consumer.close(Duration.ZERO);
        consumer = null;
      }
    }
  }
}
