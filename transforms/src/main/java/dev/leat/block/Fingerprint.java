package dev.leat.block;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.Murmur3;
import dev.leat.event.Event;
import java.time.Instant;

/**
 * What copies of an event have in common: a 128-bit hash of {@code (source, id)}, and a mark of
 * time, type and payload. The same from texts and from bytes. Not for more than one thread.
 */
public final class Fingerprint {
  private final ByteWriter input = new ByteWriter(512);
  private final Murmur3 hash = new Murmur3();
  private long hashHigh;
  private long hashLow;
  private int mark;

  /** Takes the fingerprint of an event. */
  public void of(Event event) {
    identity(event.source(), event.id());
    byte[] data = event.data().toByteArray();
    content(event.time(), event.type(), data, 0, data.length);
  }

  public void identity(String source, String id) {
    begin(source).writeUtf16(id);
    identify();
  }

  /**
   * As of texts.
   *
   * @param id UTF-8
   */
  public void identity(String source, byte[] id, int from, int length) {
    int anyOf = 0;
    for (int i = from; i < from + length; i++) {
      anyOf |= id[i];
    }
    if (anyOf < 0) {
      identity(source, new String(id, from, length, UTF_8));
      return;
    }
    begin(source).writeUtf16(id, from, length);
    identify();
  }

  public void content(Instant time, String type, byte[] data, int from, int length) {
    input.clear();
    input.writeLittleEndian64(time.getEpochSecond()).writeLittleEndian32(time.getNano());
    input.writeLittleEndian32(type.length()).writeUtf16(type).writeRaw(data, from, length);
    hash.hash(input);
    mark = (int) hash.low() & 0xFF;
  }

  /** The upper half of the identity's hash. */
  long hashHigh() {
    return hashHigh;
  }

  long hashLow() {
    return hashLow;
  }

  /** 0 to 255, by the content. */
  int mark() {
    return mark;
  }

  private ByteWriter begin(String source) {
    input.clear();
    return input.writeLittleEndian32(source.length()).writeUtf16(source);
  }

  private void identify() {
    hash.hash(input);
    hashHigh = hash.high();
    hashLow = hash.low();
  }
}
