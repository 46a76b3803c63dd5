package dev.leat.io.kafka;

import dev.leat.io.spi.Offsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes blocks of what was polled from a partition. Not for several threads. */
final class Packing {
  private final String origin;
  private final int partition;
  private final Offsets taken;
  private final EventTimes times;
  private final RecordPacker packer;

  private long least;
  private long latest;
  private boolean hasTime;
  private boolean hasWantedTime;
  private boolean allHaveTimes;

  Packing(SourceSettings settings, String origin, int partition, Offsets taken) {
    this.origin = origin;
    this.partition = partition;
    this.taken = taken;
    this.times = new EventTimes(settings);
    this.packer = new RecordPacker(origin, partition, settings.maxRecordBytes());
    clear();
  }

  /** Nothing of it is kept for later. */
  List<Fetched> pack(List<ConsumerRecord<byte[], byte[]>> records) {
    List<Fetched> blocks = new ArrayList<>(1);
    long before = -1;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      int attempt = Attempts.of(record.headers());
      if (!packer.takes(attempt)) {
        blocks.add(take(before));
      }
      add(record, attempt);
      if (packer.isFull()) {
        blocks.add(take(record.offset()));
      }
      before = record.offset();
    }
    long last = records.get(records.size() - 1).offset();
    if (blocks.isEmpty() || blocks.get(blocks.size() - 1).last() < last) {
      blocks.add(take(last));
    }
    return blocks;
  }

  private void add(ConsumerRecord<byte[], byte[]> record, int attempt) {
    OptionalLong time = times.of(record.value());
    if (time.isPresent()) {
      hasTime = true;
      latest = Math.max(latest, time.getAsLong());
    }
    if (taken.contains(origin, partition, record.offset())) {
      return;
    }
    if (time.isPresent()) {
      hasWantedTime = true;
      least = Math.min(least, time.getAsLong());
    } else {
      allHaveTimes = false;
    }
    packer.add(record.offset(), record.value(), attempt);
  }

  private Fetched take(long last) {
    Fetched fetched =
        new Fetched(
            partition,
            packer.build(),
            last,
            hasWantedTime ? OptionalLong.of(least) : OptionalLong.empty(),
            hasTime ? OptionalLong.of(latest) : OptionalLong.empty(),
            allHaveTimes);
    clear();
    return fetched;
  }

  private void clear() {
    least = Long.MAX_VALUE;
    latest = Long.MIN_VALUE;
    hasTime = false;
    hasWantedTime = false;
    allHaveTimes = true;
  }
}
