package dev.leat.io.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import dev.leat.field.FieldRef;
import dev.leat.ingest.Mapping;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Offsets;
import dev.leat.io.spi.SourceRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.joda.time.Instant;
import org.junit.Test;

/** With a clock of its own, an idle time of 30 s and a disorder of 10 s. */
public class PartitionWatermarkTest {
  private static final Instant NONE = BoundedWindow.TIMESTAMP_MIN_VALUE;

  private final FakeLog log = new FakeLog();
  private long now = 1_000_000;
  private final SourceSettings settings =
      SourceSettings.of(
          ConnectorUri.parse("kafka://host:9092/topic?disorder=10s&idle=30s"),
          SourceRequest.defaults()
              .withMapping(Mapping.of(Mapping.Format.JSON, "test", FieldRef.parse("/t"))));
  private final LiveTopic topic = new LiveTopic(settings, () -> now);
  private final Map<Integer, PartitionWatermark> watermarks = new TreeMap<>();

  @Test
  public void staysBehindTheLatestEventByTheDisorderAndNeverFalls() {
    open(0);
    assertThat(watermark(0), equalTo(NONE));

    read(0, "2015-09-12T00:01:00Z");
    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:50Z")));
    read(0, "2015-09-12T00:00:30Z");
    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:50Z")));
    read(0, "2015-09-12T00:01:01Z");
    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:51Z")));
  }

  @Test
  public void recordsTravelAtTheirEventTime() {
    open(0);

    assertThat(
        read(0, "2015-09-12T00:01:00.5Z"), equalTo(Instant.parse("2015-09-12T00:01:00.500Z")));
    assertThat(read(0, "2015-09-12T00:00:01Z"), equalTo(Instant.parse("2015-09-12T00:00:01Z")));
  }

  @Test
  public void blocksTravelAtTheLeastOfTheirRecords() {
    open(0);
    assertThat(
        given(0, json("2015-09-12T00:01:00Z"), json("2015-09-12T00:00:58Z")),
        equalTo(Instant.parse("2015-09-12T00:00:58Z")));
    Instant watermark = Instant.parse("2015-09-12T00:00:50Z");
    assertThat(watermark(0), equalTo(watermark));

    assertThat(given(0, json("2015-09-12T00:02:00Z"), "{"), equalTo(watermark));
    assertThat(
        given(0, json("2015-09-12T00:00:40Z"), "{"),
        equalTo(Instant.parse("2015-09-12T00:00:40Z")));
    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:01:50Z")));
  }

  @Test
  public void wildTimesAndWhatIsNoEventTravelAtTheWatermarkAndDoNotMoveIt() {
    open(0);
    assertThat(readValue(0, "{"), equalTo(NONE));
    read(0, "2015-09-12T00:01:00Z");
    Instant watermark = Instant.parse("2015-09-12T00:00:50Z");

    assertThat(read(0, "9999-12-31T00:00:00Z"), equalTo(watermark));
    assertThat(read(0, "1979-12-31T23:59:59Z"), equalTo(watermark));
    assertThat(readValue(0, "{\"t\":1442016000}"), equalTo(watermark));
    assertThat(readValue(0, "not JSON"), equalTo(watermark));
    assertThat(readValue(0, null), equalTo(watermark));
    assertThat(watermark(0), equalTo(watermark));
  }

  @Test
  public void beginsAtTheWatermarkOfTheCheckpoint() {
    Instant previous = Instant.parse("2015-09-12T00:00:00Z");
    watermarks.put(0, topic.open(0, OptionalLong.of(previous.getMillis())));

    assertThat(watermark(0), equalTo(previous));
    read(0, "2015-09-12T00:00:05Z");
    assertThat(watermark(0), equalTo(previous));
  }

  @Test
  public void idlePartitionFollowsTheOthersOnceTheyGoOn() {
    open(0, 1, 2);
    read(0, "2015-09-12T00:00:20Z");
    read(1, "2015-09-12T00:10:00Z");
    read(2, "2015-09-12T00:20:00Z");

    now += 29_999;
    atEnd(0);
    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:10Z")));

    now += 1;
    atEnd(0);
    read(1, "2015-09-12T00:11:00Z");
    read(2, "2015-09-12T00:21:00Z");
    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:10:50Z")));
    assertThat(watermark(1), equalTo(Instant.parse("2015-09-12T00:10:50Z")));
    assertThat(watermark(2), equalTo(Instant.parse("2015-09-12T00:20:50Z")));
  }

  @Test
  public void partitionThatNeverHadARecordIsIdleAfterTheSameTime() {
    open(0, 1);
    now += 30_000;
    atEnd(0);
    read(1, "2015-09-12T00:10:00Z");

    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:09:50Z")));
  }

  @Test
  public void partitionWithSomethingLeftInTheLogIsNotIdle() {
    open(0, 1);
    read(0, "2015-09-12T00:00:20Z");
    now += 60_000;
    reached(0, 1);
    ended(0, 2);
    read(1, "2015-09-12T00:10:00Z");

    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:10Z")));
  }

  @Test
  public void partitionWithRecordsThatThePipelineWasNotGivenIsNotIdle() {
    open(0, 1);
    read(0, "2015-09-12T00:00:20Z");
    now += 60_000;
    topic.tell(0, watermark -> watermark.polled(1));
    reached(0, 2);
    ended(0, 2);
    read(1, "2015-09-12T00:10:00Z");

    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:10Z")));
  }

  @Test
  public void partitionThatEndsWithATransactionIsIdle() {
    open(0, 1);
    read(0, "2015-09-12T00:00:20Z");
    now += 60_000;
    // The transaction's end is at offset 1, which is no record.
    reached(0, 2);
    ended(0, 2);
    read(1, "2015-09-12T00:10:00Z");

    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:09:50Z")));
  }

  @Test
  public void partitionIsNotIdleByAnOldAnswerAboutItsEnd() {
    open(0, 1);
    read(0, "2015-09-12T00:00:20Z");
    atEnd(0);
    now += 60_000;
    read(1, "2015-09-12T00:10:00Z");

    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:10Z")));
  }

  @Test
  public void topicThatPausesAsAWholeDoesNotAdvance() {
    open(0, 1);
    read(0, "2015-09-12T00:00:20Z");
    now += 5;
    read(1, "2015-09-12T00:20:00Z");
    log.ends.putAll(Map.of(0, 1L, 1, 1L));

    // Just then partition 1 is not idle yet.
    now += 29_998;
    atEnd(0, 1);
    for (int second = 0; second < 600; second++) {
      assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:10Z")));
      assertThat(watermark(1), equalTo(Instant.parse("2015-09-12T00:19:50Z")));
      topic.look(log);
      now += 1000;
      atEnd(0, 1);
    }

    read(0, "2015-09-12T00:00:21Z");
    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:11Z")));
  }

  @Test
  public void lonePartitionFollowsTheNewestRecordsOfTheLogsOtherPartitions() {
    open(0);
    read(0, "2015-09-12T00:00:20Z");
    log.put(0, "2015-09-12T00:00:20Z");
    log.put(1, "2015-09-12T00:10:00Z");
    log.put(2, "2015-09-12T00:05:00Z");
    log.put(3, "2015-09-12T00:01:00Z");
    now += 30_000;
    atEnd(0);
    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:10Z")));
    topic.look(log);
    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:10Z")));

    // 3 is idle too; 2 has a wild time among its newest.
    log.put(1, "2015-09-12T00:11:00Z");
    log.put(2, "2015-09-12T00:06:00Z");
    log.put(2, "9999-01-01T00:00:00Z");
    now += 14_999;
    topic.look(log);
    assertThat("too early", watermark(0), equalTo(Instant.parse("2015-09-12T00:00:10Z")));
    now += 1;
    topic.look(log);

    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:05:50Z")));
    assertThat(log.looks, is(2));
  }

  @Test
  public void partitionThatGrewMeanwhileFollowsNobody() {
    open(0);
    read(0, "2015-09-12T00:00:20Z");
    log.put(0, "2015-09-12T00:00:20Z");
    log.put(1, "2015-09-12T00:10:00Z");
    now += 30_000;
    atEnd(0);
    watermark(0);
    topic.look(log);
    log.put(0, "2015-09-12T00:00:21Z");
    log.put(1, "2015-09-12T00:11:00Z");
    now += 15_000;
    atEnd(0);
    watermark(0);
    topic.look(log);

    assertThat(watermark(0), equalTo(Instant.parse("2015-09-12T00:00:10Z")));
  }

  @Test
  public void looksAtTheLogOnlyForAnIdlePartition() {
    open(0);
    read(0, "2015-09-12T00:00:20Z");
    now += 29_000;
    atEnd(0);
    watermark(0);
    topic.look(log);

    assertThat(log.looks, is(0));
  }

  private void open(int... partitions) {
    for (int partition : partitions) {
      watermarks.put(partition, topic.open(partition, OptionalLong.empty()));
    }
  }

  private Instant read(int partition, String time) {
    return readValue(partition, json(time));
  }

  private static String json(String time) {
    return "{\"t\":\"" + time + "\"}";
  }

  /** Always offset 0: the watermark does not count them. */
  private Instant readValue(int partition, String value) {
    topic.tell(partition, watermark -> watermark.polled(0));
    return given(partition, value);
  }

  /** The timestamp of a block of such values. */
  private Instant given(int partition, String... values) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (String value : values) {
      byte[] bytes = value == null ? null : value.getBytes(UTF_8);
      records.add(new ConsumerRecord<>("topic", partition, 0, null, bytes));
    }
    List<Fetched> blocks = new Packing(settings, "origin", partition, new Offsets()).pack(records);
    assertThat(blocks.size(), is(1));
    return Instant.ofEpochMilli(watermarks.get(partition).given(blocks.get(0), now));
  }

  private void atEnd(int... partitions) {
    for (int partition : partitions) {
      reached(partition, 1);
      ended(partition, 1);
    }
  }

  private void reached(int partition, long offset) {
    topic.tell(partition, watermark -> watermark.reached(offset));
  }

  private void ended(int partition, long offset) {
    topic.tell(partition, watermark -> watermark.ended(offset, now));
  }

  private Instant watermark(int partition) {
    return Instant.ofEpochMilli(topic.current(partition, watermarks.get(partition)));
  }

  private static final class FakeLog implements LiveTopic.Log {
    final Map<Integer, Long> ends = new HashMap<>();
    private final Map<Integer, List<byte[]>> newest = new HashMap<>();
    int looks;

    void put(int partition, String time) {
      ends.merge(partition, 1L, Long::sum);
      newest
          .computeIfAbsent(partition, unused -> new java.util.ArrayList<>())
          .add(("{\"t\":\"" + time + "\"}").getBytes(UTF_8));
    }

    @Override
    public Map<Integer, Long> ends() {
      looks++;
      return Map.copyOf(ends);
    }

    @Override
    public List<byte[]> newest(int partition, long end) {
      return newest.get(partition);
    }
  }
}
