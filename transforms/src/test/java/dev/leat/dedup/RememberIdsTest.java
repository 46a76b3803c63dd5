package dev.leat.dedup;

import static dev.leat.SampleEvents.at;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.beam.runners.core.InMemoryStateInternals;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Instant;
import org.junit.Test;

/** The state of one shard, and workers that come and go. */
public class RememberIdsTest {
  private static final int SHARD = 5;
  private static final long HOUR = 3600;
  private static final long BUCKET = HOUR / 16;

  private final Shard shard = new Shard();

  @Test
  public void keepsTheFirstOfEachId() {
    RememberIds worker = worker();

    assertThat(shard.offer(worker, event("a", 0), event("b", 0), event("a", 0)), is("a b"));
    assertThat(shard.offer(worker, event("b", 0), event("c", 1)), is("c"));
  }

  @Test
  public void rebuildsItsMemoryOnANewWorker() {
    shard.offer(worker(), event("a", 0), event("b", 3 * BUCKET));
    shard.offer(worker(), event("c", 0));

    assertThat(
        shard.offer(worker(), event("a", 0), event("b", 3 * BUCKET), event("c", 0), event("d", 0)),
        is("d"));
  }

  @Test
  public void rebuildsItsMemoryWhenAnotherWorkerWroteTheState() {
    RememberIds first = worker();
    RememberIds second = worker();
    shard.offer(first, event("a", 0));
    shard.offer(second, event("b", 0));

    assertThat(shard.offer(first, event("a", 0), event("b", 0), event("c", 0)), is("c"));
    assertThat(shard.offer(second, event("c", 0), event("d", 0)), is("d"));
  }

  @Test
  public void forgetsWhatWasRolledBack() {
    RememberIds worker = worker();
    shard.offer(worker, event("a", 0));
    Shard beforeTheCheckpoint = new Shard();

    assertThat(beforeTheCheckpoint.offer(worker, event("a", 0)), is("a"));
  }

  @Test
  public void keepsShardsApart() {
    RememberIds worker = worker();
    Shard other = new Shard();
    shard.offer(worker, event("a", 0));
    shard.offer(worker, event("a", 0));

    assertThat(other.offerTo(6, worker, event("a", 0)), is("a"));
    assertThat(shard.offer(worker, event("a", 0)), is(""));
  }

  @Test
  public void remembersAnIdUntilTheWatermarkPassesItsBucketAndTheHorizon() {
    RememberIds worker = worker();
    shard.offer(worker, event("a", 0));
    assertThat(shard.timer, is(at(BUCKET + HOUR)));

    shard.watermarkTo(worker, at(BUCKET + HOUR).minus(1));
    assertThat(shard.offer(worker, event("a", 0)), is(""));

    shard.watermarkTo(worker, at(BUCKET + HOUR));
    assertThat(shard.offer(worker, event("a", 0), event("b", 0)), is("late:a late:b"));
    assertThat(shard.chunks(), is(0));
    assertThat(shard.offer(worker, event("c", BUCKET)), is("c"));
  }

  @Test
  public void tellsEventsAsLateInAShardThatNeverHadAny() {
    RememberIds worker = worker();
    shard.watermarkTo(worker, at(BUCKET + HOUR));

    assertThat(shard.offer(worker, event("a", BUCKET - 1), event("b", BUCKET)), is("b late:a"));
  }

  @Test
  public void tellsEventsAsLateAfterARestore() {
    RememberIds worker = worker();
    shard.offer(worker, event("a", 0));
    shard.watermarkTo(worker, at(BUCKET + HOUR));
    shard.watermark = at(0);

    assertThat(shard.offer(worker(), event("a", 0)), is("late:a"));
  }

  @Test
  public void expiresBucketByBucketAndSetsItsTimerToTheNext() {
    RememberIds worker = worker();
    shard.offer(worker, event("c", 2 * BUCKET), event("b", BUCKET));
    shard.offer(worker, event("a", 0), event("b2", BUCKET));
    assertThat(shard.chunks(), is(3));
    assertThat(shard.timer, is(at(BUCKET + HOUR)));

    shard.watermarkTo(worker, at(BUCKET + HOUR));
    assertThat(shard.chunks(), is(2));
    assertThat(shard.timer, is(at(2 * BUCKET + HOUR)));

    shard.watermarkTo(worker, at(2 * BUCKET + HOUR));
    assertThat(shard.chunks(), is(1));
    assertThat(shard.offer(worker(), event("c", 2 * BUCKET)), is(""));

    shard.watermarkTo(worker, at(1000 * HOUR));
    assertThat(shard.chunks(), is(0));
    assertThat(shard.timer, is(nullValue()));
  }

  @Test
  public void holdsIdsHoweverFarPartitionsAreApartWhileTheWatermarkWaits() {
    RememberIds worker = worker();
    for (int day = 0; day < 100; day++) {
      shard.offer(worker, event("a" + day, day * 24 * HOUR));
    }

    for (int day = 0; day < 100; day++) {
      assertThat(shard.offer(worker, event("a" + day, day * 24 * HOUR)), is(""));
    }
    assertThat(shard.chunks(), is(100));
  }

  @Test
  public void tellsCopiesAtOtherTimesWithinTheHorizon() {
    RememberIds worker = worker();
    shard.offer(worker, event("a", 0));

    assertThat(shard.offer(worker, event("a", 16 * BUCKET)), is(""));
    assertThat(shard.offer(worker, event("a", -16 * BUCKET)), is(""));
    assertThat(shard.offer(worker, event("a", 17 * BUCKET)), is("a"));
  }

  @Test
  public void writesNothingForRepeats() {
    RememberIds worker = worker();
    shard.offer(worker, event("a", 0));
    byte[] written = shard.state.read();

    shard.offer(worker, event("a", 0));

    assertThat(shard.state.read(), is(written));
    assertThat(shard.chunks(), is(1));
  }

  @Test
  public void takes17BytesAnId() {
    Event[] events = new Event[512];
    for (int i = 0; i < events.length; i++) {
      events[i] = event("e" + i, i % BUCKET);
    }

    shard.offer(worker(), events);

    assertThat(shard.chunks(), is(1));
    assertThat(shard.chunks.entries().read().iterator().next().getValue().length, is(512 * 17));
  }

  @Test
  public void fillsChunksHoweverSmallBlocksAre() {
    RememberIds worker = worker();
    int ids = 1000;
    for (int i = 0; i < ids; i++) {
      worker = i % 10 == 0 ? worker() : worker;
      shard.offer(worker, event("e" + i, 0));
    }

    assertThat(shard.chunks(), is(ids * 17 / RememberIds.CHUNK_BYTES + 1));
    for (int i = 0; i < ids; i++) {
      assertThat(shard.offer(worker, event("e" + i, 0)), is(""));
    }
  }

  private static RememberIds worker() {
    // As a runner makes one.
    RememberIds worker =
        SerializableUtils.clone(new RememberIds(Horizon.of(Duration.ofSeconds(HOUR)), null));
    worker.setup();
    return worker;
  }

  private static Event event(String id, long second) {
    return dev.leat.SampleEvents.event(id, second, "{}");
  }

  /** The state, timer and watermark that a runner keeps for one key. */
  private static final class Shard {
    private final InMemoryStateInternals<Integer> internals = InMemoryStateInternals.forKey(SHARD);
    private final MapState<Long, byte[]> chunks =
        internals.state(
            StateNamespaces.global(),
            StateTags.map("chunks", VarLongCoder.of(), ByteArrayCoder.of()),
            null);
    private final ValueState<byte[]> state =
        internals.state(
            StateNamespaces.global(), StateTags.value("shard", ByteArrayCoder.of()), null);
    private Instant timer;
    private Instant watermark = BoundedWindow.TIMESTAMP_MIN_VALUE;

    String offer(RememberIds worker, Event... events) {
      return offerTo(SHARD, worker, events);
    }

    /** The ids of the events that came out, in order, each that is late marked so. */
    String offerTo(int key, RememberIds worker, Event... events) {
      List<String> out = new ArrayList<>();
      worker.process(
          KV.of(key, EventBlock.of(List.of(events))), state, chunks, new OfShard(), into(out));
      return String.join(" ", out);
    }

    void watermarkTo(RememberIds worker, Instant time) {
      watermark = time;
      while (timer != null && !timer.isAfter(watermark)) {
        timer = null;
        worker.expire(SHARD, state, chunks, new OfShard());
      }
    }

    int chunks() {
      return (int) StreamSupport.stream(chunks.keys().read().spliterator(), false).count();
    }

    private static MultiOutputReceiver into(List<String> ids) {
      return new MultiOutputReceiver() {
        @Override
        @SuppressWarnings("unchecked") // Both outputs are of blocks.
        public <T> OutputReceiver<T> get(TupleTag<T> tag) {
          String mark = tag.equals(RememberIds.LATE) ? "late:" : "";
          return (OutputReceiver<T>) new IntoList(ids, mark);
        }

        @Override
        public <T> OutputReceiver<Row> getRowReceiver(TupleTag<T> tag) {
          throw new UnsupportedOperationException();
        }
      };
    }

    private record IntoList(List<String> ids, String mark) implements OutputReceiver<EventBlock> {
      @Override
      public void outputWithTimestamp(EventBlock block, Instant time) {
        assertThat(time.getMillis(), is(block.minMillis()));
        block.forEach(event -> ids.add(mark + event.id()));
      }

      @Override
      public OutputBuilder<EventBlock> builder(EventBlock block) {
        throw new UnsupportedOperationException();
      }
    }

    private final class OfShard implements Timer {
      @Override
      public void set(Instant time) {
        timer = time;
      }

      @Override
      public Instant getCurrentRelativeTime() {
        return watermark;
      }

      @Override
      public void setRelative() {
        throw new UnsupportedOperationException();
      }

      @Override
      public void clear() {
        throw new UnsupportedOperationException();
      }

      @Override
      public Timer offset(org.joda.time.Duration offset) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Timer align(org.joda.time.Duration period) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Timer withOutputTimestamp(Instant time) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Timer withNoOutputTimestamp() {
        throw new UnsupportedOperationException();
      }
    }
  }
}
