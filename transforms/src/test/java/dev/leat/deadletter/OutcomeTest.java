package dev.leat.deadletter;

import static dev.leat.SampleEvents.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.event.Event;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import dev.leat.step.DeriveField;
import dev.leat.step.FilterEvents;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler.BadRecordErrorHandler;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.Rule;
import org.junit.Test;

public class OutcomeTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final Event GOOD = event("a", 0, "{\"x\":1}");
  private static final Event BAD = event("b", 0, "{\"y\":1}");
  private static final Event WORSE = event("c", 0, "{");
  private static final List<Event> EVENTS = List.of(GOOD, BAD, WORSE);

  @Test
  public void givesDeadLettersOfAllStepsToBeamsErrorHandler() throws Exception {
    PCollection<Event> kept;
    BadRecordErrorHandler<PCollection<String>> handler =
        pipeline.registerBadRecordErrorHandler(new Told());
    try (handler) {
      kept =
          pipeline
              .apply(Create.of(EVENTS))
              .apply("Filter", FilterEvents.where("has(data.x) || has(data.y)"))
              .failuresTo(handler)
              .apply("Derive", DeriveField.named("big").as("data.x > 1"))
              .failuresTo(handler);
    }

    PAssert.that(kept.apply(MapElements.into(TypeDescriptors.strings()).via(Event::id)))
        .containsInAnyOrder("a");
    PAssert.that(handler.getOutput())
        .containsInAnyOrder(
            "{\"origin\":\"file:///a\",\"partition\":3,\"offset\":7} {\"y\":1}"
                + " expression: 'data.x > 1': key 'x' is not present in map. let big",
            "{\"origin\":\"file:///a\",\"partition\":3,\"offset\":7} {"
                + " malformed: not JSON: it ends too early filter");
    pipeline.run();
  }

  @Test
  public void addsDeadLettersToList() {
    List<PCollection<DeadLetter>> rejected = new ArrayList<>();

    PCollection<Event> kept =
        pipeline
            .apply(Create.of(GOOD, BAD))
            .apply("Filter", FilterEvents.where("data.x == 1"))
            .failuresTo(rejected);

    PAssert.that(kept).containsInAnyOrder(GOOD);
    PAssert.that(PCollectionList.of(rejected).apply(Flatten.pCollections()))
        .containsInAnyOrder(
            DeadLetter.of(
                BAD.data(),
                Reason.EXPRESSION,
                "'data.x == 1': key 'x' is not present in map.",
                "filter",
                BAD.ingest()));
    pipeline.run();
  }

  @Test
  public void tellsBeamBytesOriginReasonAndStep() {
    DeadLetter letter =
        DeadLetter.of(
            Payload.of(new byte[] {0, (byte) 0xFF}),
            Reason.INVALID_VALUE,
            "/x: bad",
            "parse",
            Lineage.of(Instant.EPOCH, "file:///\"a\"", 1, 2));

    BadRecord record = letter.toBadRecord();

    assertThat(record.getRecord().getEncodedRecord(), is(new byte[] {0, (byte) 0xFF}));
    assertThat(
        record.getRecord().getHumanReadableJsonRecord(),
        is("{\"origin\":\"file:///\\\"a\\\"\",\"partition\":1,\"offset\":2}"));
    assertThat(record.getFailure().getException(), is("invalid-value: /x: bad"));
    assertThat(record.getFailure().getDescription(), is("parse"));
  }

  @Test
  public void tellsBeamNoOriginWhereThereIsNone() {
    DeadLetter letter = DeadLetter.of(Payload.empty(), Reason.MALFORMED, "empty", "parse", null);

    assertThat(letter.toBadRecord().getRecord().getHumanReadableJsonRecord(), is("{}"));
  }

  @Test
  public void keepsPayloadOutOfLogs() {
    DeadLetter letter =
        DeadLetter.of(Payload.utf8("secret"), Reason.LOOKUP_MISS, "no key", "enrich", null);

    assertThat(letter.toString(), is("DeadLetter[lookup-miss: no key at enrich]"));
  }

  private static final class Told extends PTransform<PCollection<BadRecord>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<String> expand(PCollection<BadRecord> records) {
      return records.apply(
          MapElements.into(TypeDescriptors.strings())
              .via(
                  record ->
                      record.getRecord().getHumanReadableJsonRecord()
                          + " "
                          + new String(record.getRecord().getEncodedRecord(), UTF_8)
                          + " "
                          + record.getFailure().getException()
                          + " "
                          + record.getFailure().getDescription()));
    }
  }
}
