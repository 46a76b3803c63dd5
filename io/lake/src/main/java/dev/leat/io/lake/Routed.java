package dev.leat.io.lake;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * What an ingest's blocks are taken apart into, each on its way to a file or to the commit. All of
 * it crosses one shuffle, because a function of several outputs would end the chain before it.
 */
@DefaultCoder(Routed.RoutedCoder.class)
sealed interface Routed {
  /** Events of one partition. */
  record Events(RawBlock block) implements Routed {}

  /** A record that is no event, to be stored. */
  record Letter(DeadLetter letter) implements Routed {}

  /**
   * What a bundle had, to be compared with what is written.
   *
   * @param letters also those that are stored already
   */
  record Taken(long events, long letters) implements Routed {}

  /** Encodes a {@link Routed}. */
  final class RoutedCoder extends CodecCoder<Routed> {
    private static final long serialVersionUID = 1L;
    private static final RoutedCoder INSTANCE = new RoutedCoder();

    private static final int EVENTS = 0;
    private static final int LETTER = 1;
    private static final int TAKEN = 2;

    private RoutedCoder() {}

    static RoutedCoder of() {
      return INSTANCE;
    }

    @Override
    protected void write(Routed routed, ByteWriter out) {
      if (routed instanceof Events events) {
        out.writeByte(EVENTS);
        RawBlock.RawBlockCoder.of().write(events.block, out);
      } else if (routed instanceof Letter letter) {
        out.writeByte(LETTER);
        DeadLetterCoder.of().write(letter.letter, out);
      } else if (routed instanceof Taken taken) {
        out.writeByte(TAKEN).writeVarint(taken.events).writeVarint(taken.letters);
      }
    }

    @Override
    protected Routed read(ByteReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case EVENTS -> new Events(RawBlock.RawBlockCoder.of().read(in));
        case LETTER -> new Letter(DeadLetterCoder.of().read(in));
        case TAKEN -> new Taken(in.readVarint(), in.readVarint());
        default -> throw new IllegalArgumentException("expected a kind of 0 to 2, got " + kind);
      };
    }

    @Override
    protected ByteReader restOf(Routed routed) {
      return routed instanceof Events events
          ? RawBlock.RawBlockCoder.of().restOf(events.block)
          : super.restOf(routed);
    }
  }
}
