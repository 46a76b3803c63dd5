package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.event;
import static dev.leat.io.lake.LakeFixture.letter;

import dev.leat.deadletter.DeadLetter;
import dev.leat.event.Event;
import dev.leat.io.spi.Offsets;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.iceberg.Table;

/** Live ingests of one log, {@link #LOG}, without a pipeline. */
final class LiveFixture implements Closeable {
  static final String LOG = "kafka://c1/flights";

  private final LakeTable name;
  private final Warehouse warehouse;
  private final Table events;
  private final Table letters;

  LiveFixture(LakeTable name) {
    this.name = name;
    this.warehouse = Warehouse.open(name);
    this.events = new RawEvents(name, RawPartition.DEFAULT).prepare(warehouse);
    this.letters = new DeadLetterRows(name.deadLetters()).prepare(warehouse);
  }

  Table events() {
    return events;
  }

  Table letters() {
    return letters;
  }

  LiveCommit commit() {
    return new LiveCommit(events, letters, "live", Map.of("workflow-version", "v1"));
  }

  /** Stages the events at offsets {@code start} until before {@code end} of the log. */
  LiveFile stageEvents(long start, long end) {
    List<Event> found = new ArrayList<>();
    LongStream.range(start, end).forEach(offset -> found.add(eventAt(offset)));
    RawEvents rows = new RawEvents(name, RawPartition.DEFAULT);
    return stage(
        LiveFile.Kind.EVENTS, events, rows, List.of(LakeFixture.rawBlock(found)), start, end);
  }

  LiveFile stageLetters(long start, long end) {
    List<DeadLetter> found = new ArrayList<>();
    LongStream.range(start, end).forEach(offset -> found.add(letter(LOG, offset)));
    DeadLetterRows rows = new DeadLetterRows(name.deadLetters());
    return stage(LiveFile.Kind.DEAD_LETTERS, letters, rows, found, start, end);
  }

  LiveFile stageLettersWithoutLineage(int count) {
    List<DeadLetter> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      DeadLetter letter = letter(LOG, i);
      found.add(
          DeadLetter.of(letter.data(), letter.reason(), letter.detail(), letter.step(), null));
    }
    DeadLetterRows rows = new DeadLetterRows(name.deadLetters());
    return stage(LiveFile.Kind.DEAD_LETTERS, letters, rows, found, 0, 0);
  }

  static Event eventAt(long offset) {
    return event("e" + offset, "2015-09-12T13:00:00Z", "en", LOG, offset);
  }

  static Offsets offsets(long start, long end) {
    Offsets offsets = new Offsets();
    offsets.add(LOG, 0, start, end);
    return offsets;
  }

  private static <T> LiveFile stage(
      LiveFile.Kind kind, Table table, TableRows<T> rows, List<T> elements, long start, long end) {
    List<StagedFile> staged = new ArrayList<>();
    ElementWriter<T> writer = rows.writer(table, staged::add, RowSelection.ALL);
    elements.forEach(writer::add);
    writer.finish();
    return LiveFile.of(kind, staged.get(0), offsets(start, end));
  }

  @Override
  public void close() {
    warehouse.close();
  }
}
