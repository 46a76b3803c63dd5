package dev.leat;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RecordBlock;
import dev.leat.block.RecordBlockCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Reason;
import dev.leat.dedup.SequenceGap;
import dev.leat.dedup.SequenceGapCoder;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.event.Payload;
import dev.leat.ingest.RawRecord;
import dev.leat.ingest.RawRecordCoder;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.junit.Test;

/** Beam must find the coders by itself: in {@code Create.of(event)} and after a lambda. */
public class DefaultCoderTest {
  private static final CoderRegistry REGISTRY = CoderRegistry.createDefault();

  @Test
  public void findsCodersByType() throws CannotProvideCoderException {
    assertThat(coderOf(Event.class), is(EventCoder.of()));
    assertThat(coderOf(RawRecord.class), is(RawRecordCoder.of()));
    assertThat(coderOf(DeadLetter.class), is(DeadLetterCoder.of()));
    assertThat(coderOf(EventBlock.class), is(EventBlockCoder.of()));
    assertThat(coderOf(RecordBlock.class), is(RecordBlockCoder.of()));
    assertThat(coderOf(SequenceGap.class), is(SequenceGapCoder.of()));
  }

  @Test
  public void findsCodersByClassOfAValue() throws CannotProvideCoderException {
    assertThat(coderOf(SampleEvents.event("a", 0, "{}").getClass()), is(EventCoder.of()));
    assertThat(
        coderOf(RawRecord.of(Payload.empty(), "", 0, 0).getClass()), is(RawRecordCoder.of()));
    assertThat(
        coderOf(DeadLetter.of(Payload.empty(), Reason.MALFORMED, "", "", null).getClass()),
        is(DeadLetterCoder.of()));
  }

  private static Coder<?> coderOf(Class<?> type) throws CannotProvideCoderException {
    return REGISTRY.getCoder(type);
  }
}
