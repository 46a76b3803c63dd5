package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.event;
import static dev.leat.io.lake.LakeFixture.filesUnder;
import static dev.leat.io.lake.LakeFixture.letter;
import static dev.leat.io.lake.LakeFixture.uri;
import static dev.leat.io.lake.LiveFixture.LOG;
import static dev.leat.io.lake.LiveFixture.offsets;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.event.Event;
import dev.leat.io.spi.UsageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The pipeline of a live ingest. */
public final class IngestLiveTest {
  private static final org.joda.time.Duration INTERVAL = org.joda.time.Duration.standardSeconds(10);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private RawLake lake;

  @Before
  public void nameLake() {
    lake = RawLake.of(uri(folder.getRoot().toPath(), "raw.events"));
  }

  @After
  public void noFaults() {
    FaultPoint.onReached(reached -> {});
  }

  @Test
  public void commitsWhatCameInEachIntervalTogether() {
    Pipeline pipeline = LakeFixture.pipeline();
    TestStream<EventBlock> events =
        TestStream.create(EventBlockCoder.of())
            .addElements(block(at(0, "en"), at(1, "fr")), block(at(2, "en")))
            .advanceProcessingTime(INTERVAL.multipliedBy(2))
            .addElements(block(at(3, "en")))
            .addElements(block(at(2, "en"), at(3, "en")))
            .advanceProcessingTime(INTERVAL.multipliedBy(2))
            .addElements(block(at(6, "en")))
            .advanceWatermarkToInfinity();
    TestStream<DeadLetter> letters =
        TestStream.create(DeadLetterCoder.of())
            .addElements(letter(LOG, 4))
            .advanceProcessingTime(INTERVAL.multipliedBy(2))
            .addElements(letter(LOG, 5), letter(LOG, 4))
            .advanceWatermarkToInfinity();

    run(pipeline, pipeline.apply("Events", events), pipeline.apply("Letters", letters));

    assertThat(column(lake.table(), "ingest_offset"), contains("0", "1", "2", "3", "6"));
    assertThat(column(lake.table().deadLetters(), "ingest_offset"), contains("4", "5"));
    assertThat(lake.taken(), is(offsets(0, 7)));
    LiveReport report = lake.committedLive("live-1").orElseThrow();
    assertThat(report, is(new LiveReport("live-1", report.commits(), 7, 5, 2)));
    // One file for each partition and interval, so two, one and one: not one for each block.
    assertThat(LakeTables.dataFiles(uri(folder.getRoot().toPath(), "raw.events")), hasSize(4));
    assertThat(filesUnder(folder.getRoot().toPath(), ".tmp"), empty());
  }

  @Test
  public void aPartitionThatOutgrowsItsRoomIsStagedAtOnce() throws CoderException {
    RawBlock.RawBlockCoder coder = RawBlock.RawBlockCoder.of();
    long roomForTwo = 2L * CoderUtils.encodeToByteArray(coder, raw(at(0, "en"))).length;
    Pipeline pipeline = LakeFixture.pipeline();
    TestStream<KV<String, RawBlock>> events =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), coder))
            .addElements(
                KV.of("en", raw(at(0, "en"))),
                KV.of("en", raw(at(1, "en"))),
                KV.of("en", raw(at(2, "en"))))
            .advanceWatermarkToInfinity();

    PCollection<LiveFile> files =
        pipeline
            .apply("Events", events)
            .apply(
                "Stage",
                ParDo.of(
                    new StageLive<>(
                        LiveFile.Kind.EVENTS,
                        new RawEvents(lake.table(), RawPartition.DEFAULT),
                        coder,
                        INTERVAL,
                        roomForTwo)))
            .setCoder(LiveFile.LiveFileCoder.of());
    PAssert.that(files)
        .satisfies(
            staged -> {
              List<Long> sizes = new ArrayList<>();
              staged.forEach(file -> sizes.add(file.offsets().size()));
              assertThat(sizes, containsInAnyOrder(2L, 1L));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  public void takesBoundedInputToo() {
    Pipeline pipeline = LakeFixture.pipeline();

    run(
        pipeline,
        pipeline.apply(
            "Events",
            Create.of(block(at(0, "en"), at(1, "en")), block(at(2, "fr")))
                .withCoder(EventBlockCoder.of())),
        pipeline.apply("Letters", Create.of(letter(LOG, 3)).withCoder(DeadLetterCoder.of())));

    assertThat(column(lake.table(), "ingest_offset"), contains("0", "1", "2"));
    assertThat(lake.taken(), is(offsets(0, 4)));
  }

  @Test
  public void aRunThatDiesBeforeItsFilesAreCommittedLeavesThemToTheNext() {
    FaultPoint.onReached(
        point -> {
          if (point == FaultPoint.FILES_WRITTEN) {
            throw new AssertionError("dies");
          }
        });
    assertThrows(PipelineExecutionException.class, () -> runBounded(0, 3));
    FaultPoint.onReached(point -> {});
    assertThat(lake.taken(), is(offsets(0, 0)));

    runBounded(0, 3);

    assertThat(column(lake.table(), "ingest_offset"), contains("0", "1", "2"));
    assertThat(filesUnder(folder.getRoot().toPath(), ".tmp"), hasSize(1));
    Orphans.sweep(lake.table(), java.time.Instant.now().plusSeconds(60));
    assertThat(filesUnder(folder.getRoot().toPath(), ".tmp"), empty());
    assertThat(column(lake.table(), "ingest_offset"), contains("0", "1", "2"));
  }

  @Test
  public void aSecondRunOfTheSameLogAddsWhatIsNew() {
    runBounded(0, 3);

    runBounded(1, 5);

    assertThat(column(lake.table(), "ingest_offset"), contains("0", "1", "2", "3", "4"));
    assertThat(lake.committedLive("live-1").orElseThrow().stored(), is(5L));
  }

  @Test
  public void refusesEventsThatHaveNoLineage() {
    Pipeline pipeline = LakeFixture.pipeline();
    Event event = at(0, "en").toBuilder().ingest(null).build();
    pipeline
        .apply("Events", Create.of(List.of(block(event))).withCoder(EventBlockCoder.of()))
        .apply("Ingest", lake.ingestLive("live-1", Duration.ofSeconds(10)));

    PipelineExecutionException refused =
        assertThrows(PipelineExecutionException.class, () -> pipeline.run().waitUntilFinish());

    assertThat(refused.getMessage(), containsString("has no lineage"));
  }

  @Test
  public void refusesWhatCannotBe() {
    assertThrows(UsageException.class, () -> lake.ingestLive("live-1", Duration.ofMillis(999)));
    assertThrows(UsageException.class, () -> lake.ingestLive("live-1", Duration.ofHours(2)));
    assertThrows(UsageException.class, () -> lake.ingestLive("bad run id", Duration.ofSeconds(10)));
    runBounded(0, 1);
    RawLake byMonth = RawLake.of(uri(folder.getRoot().toPath(), "raw.events?partition=month"));
    assertThrows(UsageException.class, () -> byMonth.ingestLive("live-1", Duration.ofSeconds(10)));
    assertThat(lake.committedLive("another"), is(Optional.empty()));
  }

  private void runBounded(long start, long end) {
    Pipeline pipeline = LakeFixture.pipeline();
    List<Event> events = new ArrayList<>();
    for (long offset = start; offset < end; offset++) {
      events.add(at(offset, "en"));
    }
    pipeline
        .apply("Events", Create.of(List.of(EventBlock.of(events))).withCoder(EventBlockCoder.of()))
        .apply("Ingest", lake.ingestLive("live-1", Duration.ofSeconds(10)));
    pipeline.run().waitUntilFinish();
  }

  private void run(
      Pipeline pipeline, PCollection<EventBlock> events, PCollection<DeadLetter> letters) {
    events.apply(
        "Ingest",
        lake.ingestLive("live-1", Duration.ofSeconds(10))
            .withProperties(Map.of("workflow-version", "v1"))
            .withDeadLetters(letters));
    pipeline.run().waitUntilFinish();
  }

  private static Event at(long offset, String tenant) {
    return event("e" + offset, "2015-09-12T13:00:00Z", tenant, LOG, offset);
  }

  private static RawBlock raw(Event event) {
    return LakeFixture.rawBlock(List.of(event));
  }

  private static EventBlock block(Event... events) {
    return EventBlock.of(List.of(events));
  }
}
