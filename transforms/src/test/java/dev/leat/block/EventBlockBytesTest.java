package dev.leat.block;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import dev.leat.event.Event;
import dev.leat.event.EventBytes;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import dev.leat.event.SchemaRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.Test;

public class EventBlockBytesTest {
  private static final List<String> TEXTS =
      List.of("", "a", "flight-000017", "Mühle", "水", "😀 and more", "\u0000", "x".repeat(300));

  /** What is hashed from texts in one and from bytes in the other is the same. */
  @Test
  public void isTheSameOfEventsAndOfTheirBytes() {
    EventBlock ofEvents = EventBlock.of(events(2_000));

    EventBlock.Builder builder = new EventBlock.Builder();
    EventBytes bytes = new EventBytes();
    EventBlock.Cursor cursor = ofEvents.cursor();
    while (cursor.hasNext()) {
      cursor.next();
      bytes.read(cursor.encoded());
      builder.add(bytes);
    }
    EventBlock ofBytes = builder.build();

    assertThat(ofBytes, equalTo(ofEvents));
    assertThat(ofBytes.count(), is(ofEvents.count()));
    assertThat(ofBytes.minMillis(), is(ofEvents.minMillis()));
  }

  @Test
  public void copiesEventsFromCursors() {
    List<Event> events = events(50);
    EventBlock.Builder builder = new EventBlock.Builder();
    EventBlock.Cursor cursor = EventBlock.of(events).cursor();
    for (int i = 0; cursor.hasNext(); i++) {
      cursor.next();
      if (i % 2 == 0) {
        builder.add(cursor);
      }
    }

    List<Event> copied = new ArrayList<>();
    builder.build().forEach(copied::add);

    List<Event> expected = new ArrayList<>();
    for (int i = 0; i < events.size(); i += 2) {
      expected.add(events.get(i));
    }
    assertThat(copied, is(expected));
  }

  private static List<Event> events(int count) {
    Random random = new Random(7);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] data = new byte[random.nextInt(100)];
      random.nextBytes(data);
      Event.Builder event =
          Event.builder()
              .id(text(random) + i)
              .source(text(random))
              .type(text(random))
              .time(Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)))
              .tenant(text(random))
              .contentType(text(random))
              .data(Payload.of(data));
      if (random.nextBoolean()) {
        event.subject(text(random)).sequence(random.nextLong());
      }
      if (random.nextBoolean()) {
        event.schema(SchemaRef.of("s" + i, i + 1));
      }
      if (random.nextBoolean()) {
        event.ingest(
            Lineage.of(Instant.ofEpochMilli(random.nextInt()), text(random), i, random.nextLong()));
      }
      events.add(event.build());
    }
    return events;
  }

  private static String text(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }
}
