package dev.leat.io.kafka;

import dev.leat.block.RecordBlock;
import dev.leat.block.RecordBlockCoder;
import dev.leat.io.spi.Offsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads on for ever, with KafkaIO. A block travels at the least timestamp of its records; within a
 * partition blocks are in the order of their offsets.
 */
final class ReadLive extends PTransform<PBegin, PCollection<RecordBlock>> {
  private static final long serialVersionUID = 1L;

  private final transient SourceSettings settings;
  private final transient Map<Integer, Long> starts;
  private final transient PackBlocks packing;

  ReadLive(SourceSettings settings, String origin, Map<Integer, Long> starts, Offsets taken) {
    this.settings = settings;
    this.starts = starts;
    this.packing = new PackBlocks(origin, settings.maxRecordBytes(), taken);
  }

  @Override
  public PCollection<RecordBlock> expand(PBegin input) {
    return input
        .apply("Read " + settings.address().topic(), read())
        .apply("Pack blocks", ParDo.of(packing))
        .setCoder(RecordBlockCoder.of());
  }

  private KafkaIO.Read<Void, byte[]> read() {
    String topic = settings.address().topic();
    LiveTopic shared = new LiveTopic(settings);
    KafkaIO.Read<Void, byte[]> read =
        KafkaIO.<Void, byte[]>read()
            .withBootstrapServers(settings.address().bootstrap())
            .withTopicPartitions(
                starts.keySet().stream().map(number -> new TopicPartition(topic, number)).toList())
            .withKeyDeserializerAndCoder(NoKey.class, VoidCoder.of())
            .withValueDeserializerAndCoder(
                ByteArrayDeserializer.class, NullableCoder.of(ByteArrayCoder.of()))
            .withConsumerFactoryFn(new LiveConsumers(settings, starts, shared))
            .withTimestampPolicyFactory(shared)
            .withReadCommitted();
    return settings.group().isEmpty()
        ? read
        : read.withConsumerConfigUpdates(Map.of("group.id", settings.group().get()))
            .commitOffsetsInFinalize();
  }

  /** Keys are not read; KafkaIO makes it by its name, so it is public. */
  public static final class NoKey implements Deserializer<Void> {
    @Override
    public @Nullable Void deserialize(String topic, byte[] key) {
      return null;
    }
  }

  private static final class PackBlocks extends DoFn<KafkaRecord<Void, byte[]>, RecordBlock> {
    private static final long serialVersionUID = 1L;

    private final String origin;
    private final int maxRecordBytes;
    private final Offsets taken;
    private transient Map<Integer, Open> open = new HashMap<>();

    /** A block that is being filled. */
    private static final class Open {
      final RecordPacker packer;
      Instant least = Instant.EPOCH;

      Open(RecordPacker packer) {
        this.packer = packer;
      }

      void add(long offset, byte @Nullable [] value, int attempt, Instant timestamp) {
        least = packer.isEmpty() || timestamp.isBefore(least) ? timestamp : least;
        packer.add(offset, value, attempt);
      }
    }

    PackBlocks(String origin, int maxRecordBytes, Offsets taken) {
      this.origin = origin;
      this.maxRecordBytes = maxRecordBytes;
      this.taken = taken;
    }

    @StartBundle
    public void start() {
      open = new HashMap<>();
    }

    @ProcessElement
    public void process(
        @Element KafkaRecord<Void, byte[]> record,
        @Timestamp Instant timestamp,
        OutputReceiver<RecordBlock> blocks) {
      int partition = record.getPartition();
      if (taken.contains(origin, partition, record.getOffset())) {
        return;
      }
      Open block =
          open.computeIfAbsent(
              partition, number -> new Open(new RecordPacker(origin, number, maxRecordBytes)));
      int attempt = Attempts.of(record.getHeaders());
      if (!block.packer.takes(attempt)) {
        blocks.outputWithTimestamp(block.packer.build(), block.least);
      }
      block.add(record.getOffset(), record.getKV().getValue(), attempt, timestamp);
      if (block.packer.isFull()) {
        blocks.outputWithTimestamp(block.packer.build(), block.least);
      }
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      for (Open block : open.values()) {
        if (!block.packer.isEmpty()) {
          context.output(block.packer.build(), block.least, GlobalWindow.INSTANCE);
        }
      }
      open = new HashMap<>();
    }

    /** A full block travels at its least timestamp; its last record may be far ahead of that. */
    @Override
    @SuppressWarnings("deprecation") // Beam has no other way to move an element back in time.
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(Long.MAX_VALUE);
    }
  }
}
