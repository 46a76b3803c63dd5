package dev.leat.pipelines.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import dev.leat.block.EventBlock;
import dev.leat.block.RecordBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.event.CloudEventsJson;
import dev.leat.event.Event;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import dev.leat.field.PayloadReader;
import dev.leat.ingest.Mapping;
import dev.leat.io.spi.LogMessage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.jspecify.annotations.Nullable;

/**
 * Events and dead letters as the records that they were: for a log, and for another mapping. A
 * record of a dead letter comes from {@code ORIGIN#attempt=N}, so that a raw lake takes each
 * attempt once.
 */
final class Records {
  private static final String ATTEMPT = "#attempt=";

  private Records() {}

  /** Dead letters with the number of their next attempt. */
  static final class OfLetters extends DoFn<DeadLetter, RecordBlock> {
    private static final long serialVersionUID = 1L;

    private final String otherwise;

    /**
     * @param otherwise the origin of those that have none
     */
    OfLetters(String otherwise) {
      this.otherwise = otherwise;
    }

    @ProcessElement
    public void process(@Element DeadLetter letter, OutputReceiver<RecordBlock> out) {
      Lineage ingest = letter.ingest();
      byte[] bytes = letter.data().toByteArray();
      String origin = ingest == null ? otherwise : ingest.origin();
      out.output(
          RecordBlock.builder(
                  originOf(origin, letter.attempt()), ingest == null ? 0 : ingest.partition(), null)
              .attempt(letter.attempt())
              .add(ingest == null ? placeOf(bytes) : ingest.offset(), bytes, 0, bytes.length)
              .build());
    }
  }

  /** Events, in the form that a mapping reads. */
  static final class OfEvents extends DoFn<EventBlock, RecordBlock> {
    private static final long serialVersionUID = 1L;

    private final Mapping mapping;
    private final String otherwise;

    OfEvents(Mapping mapping, String otherwise) {
      this.mapping = mapping;
      this.otherwise = otherwise;
    }

    /** Where records of one block come from. */
    private record Place(String origin, int partition, @Nullable String header) {}

    @ProcessElement
    public void process(@Element EventBlock block, OutputReceiver<RecordBlock> out) {
      Map<Place, RecordBlock.Builder> blocks = new LinkedHashMap<>();
      for (Event event : block) {
        Lineage ingest = event.ingest();
        CsvPayload csv = CsvPayload.of(event, mapping);
        byte[] bytes = csv == null ? recordOf(event, mapping).toByteArray() : csv.record();
        Place place =
            new Place(
                ingest == null ? otherwise : ingest.origin(),
                ingest == null ? 0 : ingest.partition(),
                csv == null ? null : csv.header());
        RecordBlock.Builder records =
            blocks.computeIfAbsent(
                place, of -> RecordBlock.builder(of.origin(), of.partition(), of.header()));
        records.add(ingest == null ? placeOf(bytes) : ingest.offset(), bytes, 0, bytes.length);
        if (records.isFull()) {
          out.output(records.build());
        }
      }
      blocks.values().stream()
          .filter(records -> !records.isEmpty())
          .forEach(records -> out.output(records.build()));
    }
  }

  /** Dead letters as messages that carry the number of their attempt. */
  static final class LettersAsMessages extends DoFn<DeadLetter, LogMessage> {
    private static final long serialVersionUID = 1L;

    private final String runId;

    LettersAsMessages(String runId) {
      this.runId = runId;
    }

    @ProcessElement
    public void process(@Element DeadLetter letter, OutputReceiver<LogMessage> out) {
      out.output(
          LogMessage.of(
              null,
              letter.data(),
              Map.of(
                  LogMessage.ATTEMPT,
                  Integer.toString(letter.attempt()),
                  LogMessage.REPLAY,
                  runId)));
    }
  }

  /** Events as messages, in the form that a mapping reads; those of a tenant keep their order. */
  static final class EventsAsMessages extends DoFn<EventBlock, LogMessage> {
    private static final long serialVersionUID = 1L;

    private final String runId;
    private final Mapping mapping;

    EventsAsMessages(String runId, Mapping mapping) {
      this.runId = runId;
      this.mapping = mapping;
    }

    @ProcessElement
    public void process(@Element EventBlock block, OutputReceiver<LogMessage> out) {
      for (Event event : block) {
        out.output(
            LogMessage.of(
                event.tenant(), recordOf(event, mapping), Map.of(LogMessage.REPLAY, runId)));
      }
    }
  }

  /** The bytes that the mapping makes the event of again. */
  static Payload recordOf(Event event, Mapping mapping) {
    return mapping.format() == Mapping.Format.CLOUDEVENTS
        ? Payload.takingOver(CloudEventsJson.writeExactly(event))
        : event.data();
  }

  private static String originOf(String origin, int attempt) {
    int former = origin.lastIndexOf(ATTEMPT);
    return (former < 0 ? origin : origin.substring(0, former)) + ATTEMPT + attempt;
  }

  /** Of a record without a lineage: the same for the same bytes. */
  private static long placeOf(byte[] bytes) {
    return Hashing.sha256().hashBytes(bytes).asLong() & Long.MAX_VALUE >> 1;
  }

  /**
   * A CSV payload in its two parts, see docs/adr/0005.
   *
   * @param header without the line end after it
   */
  private record CsvPayload(String header, byte[] record) {
    static @Nullable CsvPayload of(Event event, Mapping mapping) {
      if (mapping.format() != Mapping.Format.CSV
          || !event.contentType().equals(PayloadReader.CSV_WITH_HEADER)) {
        return null;
      }
      byte[] bytes = event.data().toByteArray();
      boolean quoted = false;
      for (int i = 0; i + 1 < bytes.length; i++) {
        quoted ^= bytes[i] == '"';
        if (!quoted && bytes[i] == '\r' && bytes[i + 1] == '\n') {
          return new CsvPayload(
              new String(bytes, 0, i, UTF_8), Arrays.copyOfRange(bytes, i + 2, bytes.length));
        }
      }
      return null;
    }
  }
}
