package dev.leat.io.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.event.Event;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import dev.leat.event.SchemaRef;
import dev.leat.testing.fixtures.CoderContract;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.Test;

public final class RawBlockTest {
  private static final Event PLAIN =
      Event.builder()
          .id("1")
          .source("files")
          .type("edit")
          .time(Instant.parse("2015-09-12T13:00:00.123456789Z"))
          .build();
  private static final Event FULL =
      PLAIN.toBuilder()
          .subject("page")
          .tenant("en")
          .sequence(42L)
          .schema(SchemaRef.of("edits", 3))
          .contentType("text/csv")
          .data(Payload.utf8("M\u00fchle,\u6c34,\u0000"))
          .ingest(Lineage.of(Instant.ofEpochMilli(5), "file:///a.csv", 7, 1L << 40))
          .build();

  @Test
  public void keepsTheCoderContract() {
    CoderContract.check(
        RawBlock.RawBlockCoder.of(),
        block(),
        block(PLAIN),
        block(FULL),
        block(PLAIN, FULL),
        block(FULL, PLAIN),
        block(FULL, FULL));
    CoderContract.checkDamaged(RawBlock.RawBlockCoder.of(), block(FULL, PLAIN, FULL));
  }

  /** Each field comes, stays, changes and goes, whatever the others do. */
  @Test
  public void givesEventsBackInTheirOrder() {
    List<Event> variants =
        List.of(
            PLAIN,
            FULL,
            FULL.toBuilder().id("").build(),
            FULL.toBuilder().source("other").build(),
            FULL.toBuilder().type("other").build(),
            FULL.toBuilder().subject(null).build(),
            FULL.toBuilder().subject("").build(),
            FULL.toBuilder().tenant("").build(),
            FULL.toBuilder().time(Instant.ofEpochSecond(FULL.time().getEpochSecond())).build(),
            FULL.toBuilder().time(Instant.parse("1915-09-12T13:00:00Z")).build(),
            FULL.toBuilder().sequence(null).build(),
            FULL.toBuilder().sequence(Long.MIN_VALUE).build(),
            FULL.toBuilder().schema(null).build(),
            FULL.toBuilder().schema(SchemaRef.of("edits", 4)).build(),
            FULL.toBuilder().schema(SchemaRef.of("views", 3)).build(),
            FULL.toBuilder().contentType("").build(),
            FULL.toBuilder().data(Payload.empty()).build(),
            FULL.toBuilder().ingest(null).build(),
            lineage(Lineage.of(Instant.ofEpochMilli(5), "file:///b.csv", 7, 1)),
            lineage(Lineage.of(Instant.ofEpochMilli(6), "file:///a.csv", 7, Long.MAX_VALUE)),
            lineage(Lineage.of(Instant.ofEpochMilli(-1), "file:///a.csv", 7, Long.MIN_VALUE)),
            lineage(Lineage.of(Instant.ofEpochMilli(5), "", Integer.MIN_VALUE, -1)),
            lineage(Lineage.of(Instant.ofEpochMilli(5), "", Integer.MAX_VALUE, 0)));
    Random random = new Random(3);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      events.add(variants.get(random.nextInt(variants.size())));
    }

    assertThat(read(LakeFixture.rawBlock(events)), is(events));
  }

  @Test
  public void aBuilderBeginsAnew() {
    RawBlock.Builder builder = new RawBlock.Builder();
    add(builder, FULL, FULL);
    RawBlock first = builder.build();
    assertThat(builder.isEmpty(), is(true));
    add(builder, FULL);
    RawBlock second = builder.build();

    assertThat(read(first), is(List.of(FULL, FULL)));
    assertThat(read(second), is(List.of(FULL)));
    assertThat(second, is(block(FULL)));
  }

  @Test
  public void isFullByNumberOrByBytes() {
    RawBlock.Builder many = new RawBlock.Builder();
    for (int i = 0; i < 511; i++) {
      add(many, FULL);
    }
    assertThat(many.isFull(), is(false));
    add(many, FULL);
    assertThat(many.isFull(), is(true));

    RawBlock.Builder large = new RawBlock.Builder();
    add(large, FULL.toBuilder().data(Payload.of(new byte[1 << 20])).build());
    assertThat(large.isFull(), is(true));
  }

  @Test
  public void takesLessThanHalfOfEventsThatHaveMuchInCommon() throws CoderException {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      events.add(
          FULL.toBuilder()
              .id("event-" + i)
              .ingest(Lineage.of(Instant.ofEpochMilli(5), "file:///data/in/part-1.jsonl", 0, i))
              .build());
    }

    int raw = size(RawBlock.RawBlockCoder.of(), LakeFixture.rawBlock(events));

    assertThat(raw * 2, lessThan(size(EventBlockCoder.of(), EventBlock.of(events))));
  }

  private static <T> int size(Coder<T> coder, T value) throws CoderException {
    return CoderUtils.encodeToByteArray(coder, value).length;
  }

  private static Event lineage(Lineage lineage) {
    return FULL.toBuilder().ingest(lineage).build();
  }

  private static void add(RawBlock.Builder builder, Event... events) {
    RawBlock.Cursor cursor = block(events).cursor();
    while (cursor.hasNext()) {
      builder.add(cursor.next());
    }
  }

  private static RawBlock block(Event... events) {
    return LakeFixture.rawBlock(List.of(events));
  }

  private static List<Event> read(RawBlock block) {
    EventBlock.Builder events = new EventBlock.Builder();
    RawBlock.Cursor cursor = block.cursor();
    while (cursor.hasNext()) {
      events.add(cursor.next());
    }
    List<Event> read = new ArrayList<>();
    events.build().forEach(read::add);
    return read;
  }
}
