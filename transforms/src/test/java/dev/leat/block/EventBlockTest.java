package dev.leat.block;

import static dev.leat.SampleEvents.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.Reason;
import dev.leat.event.Event;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import java.time.Instant;
import org.junit.Test;

public class EventBlockTest {
  private static final Event EVENT = event("a", 7, "{\"x\":1}");
  private static final DeadLetter LETTER =
      DeadLetter.of(
          Payload.utf8("no event"),
          Reason.MALFORMED,
          "not JSON",
          "parse",
          Lineage.of(Instant.EPOCH, "file:///a", 0, 3));

  @Test
  public void carriesWholeAndReducedEventsAndDeadLetters() {
    EventBlock block =
        new EventBlock.Builder()
            .add(EVENT)
            .addLetter(LETTER)
            .addReduced(EVENT, new ByteWriter().writeString("1"))
            .build();

    EventBlock.Cursor cursor = block.cursor();
    cursor.next();
    assertThat(cursor.event(), is(EVENT));
    long hash = cursor.hashLow();
    int digest = cursor.digest();
    cursor.next();
    assertThat(cursor.isLetter(), is(true));
    assertThat(cursor.letter(), is(LETTER));
    cursor.next();
    assertThat(cursor.isReduced(), is(true));
    assertThat(cursor.contribution().readString(), is("1"));
    assertThat(cursor.hashLow(), is(hash));
    assertThat(cursor.digest(), is(digest));
    assertThat(cursor.millis(), is(EVENT.time().toEpochMilli()));
    assertThat(cursor.hasNext(), is(false));
    assertThat(block.minMillis(), is(EVENT.time().toEpochMilli()));
  }

  @Test
  public void keepsEntriesAsTheyAreFromBlockToBlock() {
    EventBlock block =
        new EventBlock.Builder().addLetter(LETTER).addReduced(EVENT, new ByteWriter()).build();
    EventBlock.Builder copy = new EventBlock.Builder();
    for (EventBlock.Cursor cursor = block.cursor(); cursor.hasNext(); ) {
      cursor.next();
      copy.add(cursor);
    }

    assertThat(copy.build(), is(block));
  }

  @Test
  public void givesNoEventThatIsNotThere() {
    EventBlock.Cursor cursor =
        new EventBlock.Builder().addReduced(EVENT, new ByteWriter()).build().cursor();
    cursor.next();

    assertThrows(IllegalStateException.class, cursor::event);
    assertThrows(IllegalStateException.class, cursor::letter);
  }
}
