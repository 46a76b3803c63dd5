package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.event.Event;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The value of the first or last event. */
final class Edge implements Accumulator {
  private static final Comparator<Candidate> ORDER =
      Comparator.comparing(Candidate::time)
          .thenComparing(Candidate::id)
          .thenComparing(Candidate::source)
          .thenComparing(Candidate::value);

  private record Candidate(Instant time, String id, String source, String value) {}

  private final boolean first;
  private @Nullable Candidate best;

  Edge(boolean first) {
    this.first = first;
  }

  static Object candidate(Event event, String value) {
    return new Candidate(event.time(), event.id(), event.source(), value);
  }

  @Override
  public void add(Object input) {
    Candidate candidate = (Candidate) input;
    Candidate current = best;
    if (current == null || (ORDER.compare(candidate, current) < 0) == first) {
      best = candidate;
    }
  }

  @Override
  public void write(ByteWriter out) {
    Candidate current = best;
    out.writeByte(current == null ? 0 : 1);
    if (current != null) {
      write(current, out);
    }
  }

  @Override
  public void merge(ByteReader in) {
    if (in.readByte() != 0) {
      add(read(in));
    }
  }

  static void write(Object input, ByteWriter out) {
    Candidate candidate = (Candidate) input;
    out.writeSignedVarint(candidate.time.getEpochSecond()).writeVarint(candidate.time.getNano());
    out.writeString(candidate.id).writeString(candidate.source).writeString(candidate.value);
  }

  static Object read(ByteReader in) {
    Instant time = Instant.ofEpochSecond(in.readSignedVarint(), in.readVarint());
    return new Candidate(time, in.readString(), in.readString(), in.readString());
  }

  @Override
  public @Nullable Object result() {
    Candidate current = best;
    return current == null ? null : current.value;
  }
}
