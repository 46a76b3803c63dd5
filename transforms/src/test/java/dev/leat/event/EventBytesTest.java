package dev.leat.event;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.time.Instant;
import java.util.List;
import org.junit.Test;

public class EventBytesTest {
  private static final Event PLAIN =
      Event.builder()
          .id("1")
          .source("files")
          .type("edit")
          .time(Instant.parse("1915-09-12T13:00:00.123456789Z"))
          .build();
  private static final Event FULL =
      PLAIN.toBuilder()
          .subject("page")
          .tenant("en")
          .sequence(-42L)
          .schema(SchemaRef.of("edits", 3))
          .contentType("text/csv")
          .data(Payload.utf8("Mühle,水,\u0000"))
          .ingest(Lineage.of(Instant.ofEpochMilli(5), "file:///a.csv", -7, 1L << 40))
          .derived("big", BooleanNode.TRUE)
          .build();

  @Test
  public void writesWhatItRead() {
    EventBytes event = new EventBytes();

    for (Event each :
        List.of(FULL, PLAIN, FULL.toBuilder().subject("").sequence(null).build(), PLAIN)) {
      byte[] written = encoded(each);
      ByteReader in = new ByteReader(written);
      ByteWriter out = new ByteWriter();
      event.read(in).write(out);

      assertThat(in.hasMore(), is(false));
      assertThat(out.toByteArray(), equalTo(written));
    }
  }

  @Test
  public void hasEachField() {
    EventBytes event = new EventBytes().read(new ByteReader(encoded(FULL)));

    assertThat(event.id().toText(), is("1"));
    assertThat(event.source().toText(), is("files"));
    assertThat(event.type().toText(), is("edit"));
    assertThat(event.subject().toText(), is("page"));
    assertThat(Instant.ofEpochSecond(event.seconds(), event.nanos()), is(FULL.time()));
    assertThat(event.millis(), is(FULL.time().toEpochMilli()));
    assertThat(event.tenant().toText(), is("en"));
    assertThat(event.contentType().toText(), is("text/csv"));
    assertThat(event.data().toByteArray(), equalTo(FULL.data().toByteArray()));
    assertThat(event.hasSequence(), is(true));
    assertThat(event.sequence(), is(-42L));
    assertThat(event.hasSchema(), is(true));
    assertThat(event.schemaSubject().toText(), is("edits"));
    assertThat(event.schemaVersion(), is(3));
    assertThat(event.hasIngest(), is(true));
    assertThat(Instant.ofEpochSecond(event.ingestSeconds(), event.ingestNanos()), is(at(5)));
    assertThat(event.origin().toText(), is("file:///a.csv"));
    assertThat(event.partition(), is(-7));
    assertThat(event.offset(), is(1L << 40));
  }

  @Test
  public void isFilledFieldByField() {
    EventBytes event = new EventBytes().read(new ByteReader(encoded(FULL))).clearOptional();
    event.subject().clear();
    event.tenant().setText("");
    event.contentType().setText("application/json");
    event.data().set(new byte[] {9, 9}, 1, 0);
    ByteWriter plain = new ByteWriter();
    event.write(plain);

    event.subject().setText("page");
    event.tenant().setText("en");
    event.contentType().setText("text/csv");
    event.data().setText("Mühle,水,\u0000");
    event.schemaSubject().setText("edits");
    event.origin().setText("file:///a.csv");
    event.sequence(-42).schemaVersion(3).ingest(0, 5_000_000, -7, 1L << 40);
    ByteWriter full = new ByteWriter();
    event.write(full);

    assertThat(decoded(plain), is(PLAIN));
    assertThat(decoded(full), is(FULL.toBuilder().derived(PLAIN.derived()).build()));
  }

  @Test
  public void refusesAnotherLayout() {
    byte[] bytes = encoded(PLAIN);
    bytes[0] = 2;

    IllegalStateException refused =
        assertThrows(
            IllegalStateException.class, () -> new EventBytes().read(new ByteReader(bytes)));

    assertThat(
        refused.getMessage(),
        is("Events of layout 2 cannot be read by this version of Leat, which writes 1"));
  }

  private static Instant at(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  private static byte[] encoded(Event event) {
    ByteWriter out = new ByteWriter();
    EventCodec.write(event, out);
    return out.toByteArray();
  }

  private static Event decoded(ByteWriter bytes) {
    return EventCodec.read(new ByteReader(bytes.toByteArray()));
  }
}
