package dev.leat.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dev.leat.HostileJson;
import dev.leat.Seeds;
import dev.leat.block.EventBlock;
import dev.leat.block.RecordBlock;
import dev.leat.event.EventBytes;
import dev.leat.field.FieldRef;
import dev.leat.ingest.Mapping.Format;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.Test;

public class PlainEventsTest {
  private static final Instant NOW = Instant.parse("2020-01-01T00:00:00.123Z");
  private static final Mapping MAPPING =
      Mapping.of(Format.JSON, "edit", FieldRef.parse("/time"))
          .withId(FieldRef.parse("/id"))
          .withTenant("/page");

  /** It takes a record only to make of it, byte for byte, what the general way makes. */
  @Test
  public void makesTheSameEventsAsTheMapper() {
    List<Mapping> mappings =
        List.of(
            MAPPING,
            Mapping.of(Format.JSON, "/page", FieldRef.parse("/time")).withSource("/x"),
            MAPPING.withSource("/a/b").withSubject(FieldRef.parse("/x")),
            MAPPING.withSequence(FieldRef.parse("/x")));
    int records = Seeds.orElse(30) * 1000;
    for (Mapping mapping : mappings) {
      int plain = 0;
      EventMapper mapper = new EventMapper(mapping);
      PlainEvents fast = PlainEvents.of(mapping).orElseThrow();
      for (int seed = 0; seed < records; seed++) {
        byte[] record = record(new Random(seed));
        RecordBlock block = block(seed % 3 == 0 ? "file:///\u6c34" : "file:///a", seed, record);
        RecordBlock.Cursor cursor = block.cursor();
        cursor.next();
        EventBytes event = fast.read(block, cursor, NOW);
        if (event != null) {
          plain++;
          EventBlock.Builder quickly = new EventBlock.Builder().add(event);
          EventBlock slowly = EventBlock.of(List.of(mapper.map(cursor.record(), NOW)));
          assertThat(
              "seed " + seed + " of " + new String(record, UTF_8), quickly.build(), is(slowly));
        }
      }
      assertThat(plain, greaterThan(records / 20));
    }
  }

  @Test
  public void leavesRecordsThatCouldNotBeRead() {
    PlainEvents fast = PlainEvents.of(MAPPING).orElseThrow();
    byte[] record =
        "{\"id\":\"1\",\"page\":\"A\",\"time\":\"2015-09-12T13:05:00Z\"}".getBytes(UTF_8);
    RecordBlock block =
        RecordBlock.builder("file:///a", 0, null).add(1, record, 0, record.length, "cut").build();
    RecordBlock.Cursor cursor = block.cursor();
    cursor.next();

    assertThat(fast.read(block, cursor, NOW), is(nullValue()));
  }

  @Test
  public void isForJsonOnly() {
    assertThat(
        PlainEvents.of(Mapping.of(Format.CSV, "edit", FieldRef.parse("/time"))),
        is(Optional.empty()));
  }

  private static byte[] record(Random random) {
    if (random.nextInt(3) == 0) {
      return random.nextBoolean() ? HostileJson.document(random) : HostileJson.damaged(random);
    }
    String text = new String(HostileJson.document(random), UTF_8).strip();
    boolean isMore = text.startsWith("{") && !text.substring(1).strip().startsWith("}");
    String event =
        "{\"time\":\"2015-09-12T13:05:00"
            + pick(random, "Z", ".123456789Z")
            + "\",\"page\":\"\u6c34\""
            + pick(random, "", ",\"id\":\"A\"")
            + pick(random, ",\"x\":\"S\"", ",\"x\":-12", ",\"x\":null")
            + pick(random, "", ",\"a\":{\"b\":\"B\"}")
            + (isMore && random.nextBoolean() ? "," + text.substring(1) : "}");
    return event.getBytes(UTF_8);
  }

  private static String pick(Random random, String... texts) {
    return texts[random.nextInt(texts.length)];
  }

  private static RecordBlock block(String origin, long offset, byte[] record) {
    return RecordBlock.builder(origin, 3, null).add(offset, record, 0, record.length).build();
  }
}
