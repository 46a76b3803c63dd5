package dev.leat.io.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.Offsets;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.testing.fixtures.EmbeddedKafka;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.ClassRule;
import org.junit.Test;

public class BoundedReadTest {
  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();

  @Test
  public void readsWhatIsThereOfFullEmptyAndExpiredPartitions() throws Exception {
    Topic topic = new Topic(kafka, 4);
    topic.write(0, "a0", "a1", "a2");
    topic.write(2, "c0", "c1", "c2");
    topic.expire(2, 2);
    topic.write(3, "d0");
    topic.expire(3, 1);

    List<String> records = read(topic, "?until=now", new Offsets());

    assertThat(records, equalTo(List.of("0:0 a0", "0:1 a1", "0:2 a2", "2:2 c2")));
  }

  @Test
  public void aReplayedRecordCarriesItsAttempt() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.write(0, "a");
    topic.writeWithAttempt(0, "2", "b");
    topic.writeWithAttempt(0, "2", "c");
    topic.writeWithAttempt(0, "-1", "d");
    topic.write(0, "e");

    List<String> records = read(topic, "?until=now", new Offsets());

    assertThat(
        records,
        equalTo(
            List.of(
                "0:0 " + "a",
                "0:1 " + "b" + " # 2",
                "0:2 " + "c" + " # 2",
                "0:3 " + "d",
                "0:4 " + "e")));
  }

  @Test
  public void readsNothingFromTopicThatWasNeverWritten() throws Exception {
    Topic topic = new Topic(kafka, 2);

    assertThat(read(topic, "?until=now", new Offsets()), equalTo(List.of()));
  }

  @Test
  public void endsBehindTransactionsAndLeavesOutAbortedRecords() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.writeInTransaction(0, "a", "b");
    topic.abort(0, "c");
    topic.writeInTransaction(0, "d");

    List<String> records = read(topic, "?until=now", new Offsets());

    assertThat(records, equalTo(List.of("0:0 a", "0:1 b", "0:5 d")));
  }

  @Test
  public void skipsWhatIsTakenAndPassesOverOffsetsWithoutRecord() throws Exception {
    Topic topic = new Topic(kafka, 2);
    topic.writeInTransaction(0, "a", "b");
    topic.writeInTransaction(0, "c", "d", "e");
    topic.write(1, "x", "y", "z");
    Offsets taken = new Offsets();
    taken.add(topic.origin(), 0, 0, 2);
    taken.add(topic.origin(), 0, 3);
    taken.add(topic.origin(), 0, 5);
    taken.add(topic.origin(), 1, 1);

    List<String> records = read(topic, "?until=now", taken);

    assertThat(records, equalTo(List.of("0:4 d", "1:0 x", "1:2 z")));
  }

  @Test
  public void goesOnBehindTransactionThoughItsEndIsNoRecord() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.writeInTransaction(0, "a", "b");
    topic.writeInTransaction(0, "c");
    Offsets taken = new Offsets();
    taken.add(topic.origin(), 0, 0, 2);
    taken.add(topic.origin(), 0, 3);
    assertThat(starts(topic, taken), equalTo(Map.of(0, 4L)));
    assertThat(read(topic, "?until=now", taken), equalTo(List.of()));
  }

  @Test
  public void refusesToPassOverRecordsThatExpiredUntaken() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.write(0, "a", "b", "c", "d");
    topic.expire(0, 3);
    Offsets taken = new Offsets();
    taken.add(topic.origin(), 0, 0);

    UnreachableException refusal =
        assertThrows(UnreachableException.class, () -> read(topic, "?until=now", taken));

    assertThat(
        refusal.getMessage(),
        containsString(
            topic.name
                + ": partition 0 is retained from offset 3, but the first one not yet taken is 1:"
                + " up to 2 records are lost to this run. To go on without them: onGap=continue"));
    assertThat(read(topic, "?until=now&onGap=continue", taken), equalTo(List.of("0:3 d")));
  }

  @Test
  public void refusesTopicThatWasMadeAgain() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.write(0, "a");
    Offsets taken = new Offsets();
    taken.add(topic.origin(), 0, 0, 7);

    UnreachableException refusal =
        assertThrows(UnreachableException.class, () -> read(topic, "?until=now", taken));

    assertThat(
        refusal.getMessage(),
        containsString("partition 0 ends at offset 1, but records up to offset 6 were taken"));
  }

  @Test
  public void makesProblemsOfTombstonesAndTooLongValues() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.write(0, "a", null, "b".repeat(1025), "");

    List<String> records = read(topic, "?until=now&maxRecordBytes=1024", new Offsets());

    assertThat(
        records,
        equalTo(
            List.of(
                "0:0 a",
                "0:1  ! no value (a tombstone)",
                "0:2 " + "b".repeat(1025) + " ! longer than 1024 bytes",
                "0:3 ")));
  }

  @Test
  public void keepsOnlyTheFirstBytesOfTooLongValue() throws Exception {
    Topic topic = new Topic(kafka, 1, Map.of("max.message.bytes", "8388608"));
    topic.write(0, "b".repeat(3 << 20));

    List<String> records = read(topic, "?until=now&maxRecordBytes=1048576", new Offsets());

    assertThat(
        records, equalTo(List.of("0:0 " + "b".repeat(65536) + " ! longer than 1048576 bytes")));
  }

  @Test
  public void readsBetweenOffsetsAndBetweenKafkaTimes() throws Exception {
    Topic topic = new Topic(kafka, 2);
    topic.write(0, "a", "b", "c", "d");
    topic.write(1, "x", "y");

    assertThat(
        read(topic, "?start=0:1&until=0:3,1:1", new Offsets()),
        equalTo(List.of("0:1 b", "0:2 c", "1:0 x")));
    assertThat(
        read(topic, "?start=2000-01-01T00:00:00Z&until=2001-01-01T00:00:00Z", new Offsets()),
        equalTo(List.of()));
    assertThat(
        read(topic, "?start=2001-01-01T00:00:00Z&until=9999-01-01T00:00:00Z", new Offsets()).size(),
        is(6));
    UsageException refusal =
        assertThrows(
            UsageException.class, () -> read(topic, "?start=0:5&until=now", new Offsets()));
    assertThat(
        refusal.getMessage(),
        equalTo(
            "start: partition 0 of "
                + topic.uri()
                + " ends at offset 4; expected at most that, got 5"));
  }

  @Test
  public void isBoundedForRangeOfEventTimeAndUnboundedWithoutEnd() throws Exception {
    Topic topic = new Topic(kafka, 1);

    assertThat(source(topic, "", SourceRequest.defaults()).isUnbounded(), is(true));
    assertThat(source(topic, "?until=now", SourceRequest.defaults()).isUnbounded(), is(false));
    assertThat(
        source(topic, "", SourceRequest.defaults().withEventTime(TimeRange.always())).isUnbounded(),
        is(false));
  }

  private static Source.OfLog source(Topic topic, String parameters, SourceRequest request) {
    return (Source.OfLog)
        Connectors.load().source(ConnectorUri.parse(topic.uri() + parameters), request);
  }

  private static Map<Integer, Long> starts(Topic topic, Offsets taken) throws Exception {
    KafkaLog log = (KafkaLog) source(topic, "?until=now", SourceRequest.defaults());
    try (TopicLog now = TopicLog.open(log.settings().client(), log.topic())) {
      return new OffsetPlan(log.settings(), topic.origin(), now).starts(taken);
    }
  }

  private static List<String> read(Topic topic, String parameters, Offsets taken) throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(source(topic, parameters, SourceRequest.defaults()).read(taken))
        .apply(ParDo.of(new Received(topic.name)));
    Received.forget(topic.name);
    pipeline.run().waitUntilFinish();
    for (Received.Block block : Received.blocks(topic.name)) {
      assertThat(block.block().origin(), equalTo(topic.origin()));
      assertThat(block.block().header(), equalTo(null));
    }
    return Received.records(topic.name);
  }
}
