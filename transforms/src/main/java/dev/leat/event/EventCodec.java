package dev.leat.event;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteSpan;
import dev.leat.bytes.ByteWriter;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an event between Leat's own steps. Deterministic: equal events give equal bytes. The
 * first byte is a version, so that saved state can outlive a change of this layout.
 */
public final class EventCodec {
  static final int VERSION = 1;

  private static final byte[] JSON = "application/json".getBytes(US_ASCII);

  static final int HAS_SEQUENCE = 1;
  static final int HAS_SCHEMA = 2;
  static final int HAS_INGEST = 4;
  static final int HAS_DERIVED = 8;

  private EventCodec() {}

  public static void write(Event event, ByteWriter out) {
    Long sequence = event.sequence();
    SchemaRef schema = event.schema();
    Lineage ingest = event.ingest();
    ObjectNode derived = event.derived();
    out.writeByte(VERSION);
    out.writeByte(
        (sequence != null ? HAS_SEQUENCE : 0)
            | (schema != null ? HAS_SCHEMA : 0)
            | (ingest != null ? HAS_INGEST : 0)
            | (derived.isEmpty() ? 0 : HAS_DERIVED));
    out.writeString(event.id());
    out.writeString(event.source());
    out.writeString(event.type());
    out.writeNullableString(event.subject());
    writeInstant(event.time(), out);
    out.writeString(event.tenant());
    out.writeString(event.contentType());
    out.writeBytes(event.data().shared());
    if (sequence != null) {
      out.writeSignedVarint(sequence);
    }
    if (schema != null) {
      out.writeString(schema.subject()).writeVarint(schema.version());
    }
    if (ingest != null) {
      writeLineage(ingest, out);
    }
    if (!derived.isEmpty()) {
      out.writeBytes(Json.write(Json.normal(derived)));
    }
  }

  public static Event read(ByteReader in) {
    checkVersion(in.readByte());
    int has = in.readByte();
    Event.Builder event =
        Event.builder()
            .id(in.readString())
            .source(in.readString())
            .type(in.readString())
            .subject(in.readNullableString())
            .time(readInstant(in))
            .tenant(in.readString())
            .contentType(in.readString())
            .data(Payload.takingOver(in.readBytes()));
    if ((has & HAS_SEQUENCE) != 0) {
      event.sequence(in.readSignedVarint());
    }
    if ((has & HAS_SCHEMA) != 0) {
      event.schema(SchemaRef.of(in.readString(), (int) in.readVarint()));
    }
    if ((has & HAS_INGEST) != 0) {
      event.ingest(readLineage(in));
    }
    if ((has & HAS_DERIVED) != 0) {
      event.derived((ObjectNode) Json.parse(in.readBytes()));
    }
    return event.build();
  }

  /**
   * Passes over what an event begins with, up to its payload.
   *
   * @return whether the payload is JSON, and {@code in} stands before its length
   */
  public static boolean isBeforeJson(ByteReader in) {
    if (in.readByte() != VERSION) {
      return false;
    }
    in.readByte();
    in.skipBytes(); // id
    in.skipBytes(); // source
    in.skipBytes(); // type
    in.readNullableString();
    in.readSignedVarint();
    in.readVarint();
    in.skipBytes(); // tenant
    int length = in.skipBytes();
    return isJson(in.array(), in.position() - length, length);
  }

  /** Whether a media type is that of JSON. */
  public static boolean isJson(ByteSpan contentType) {
    return contentType.isPresent()
        && isJson(contentType.array(), contentType.offset(), contentType.length());
  }

  private static boolean isJson(byte[] bytes, int from, int length) {
    return Arrays.equals(bytes, from, from + length, JSON, 0, JSON.length);
  }

  static void checkVersion(int version) {
    if (version != VERSION) {
      throw new IllegalStateException(
          "Events of layout "
              + version
              + " cannot be read by this version of Leat, which writes "
              + VERSION);
    }
  }

  public static void writeLineage(Lineage ingest, ByteWriter out) {
    writeInstant(ingest.time(), out);
    out.writeString(ingest.origin());
    out.writeSignedVarint(ingest.partition());
    out.writeSignedVarint(ingest.offset());
  }

  public static Lineage readLineage(ByteReader in) {
    return Lineage.of(
        readInstant(in), in.readString(), (int) in.readSignedVarint(), in.readSignedVarint());
  }

  private static void writeInstant(Instant time, ByteWriter out) {
    out.writeSignedVarint(time.getEpochSecond()).writeVarint(time.getNano());
  }

  private static Instant readInstant(ByteReader in) {
    return Instant.ofEpochSecond(in.readSignedVarint(), in.readVarint());
  }

  /** Writes a lineage that may be absent. */
  public static void writeNullableLineage(@Nullable Lineage ingest, ByteWriter out) {
    out.writeByte(ingest == null ? 0 : 1);
    if (ingest != null) {
      writeLineage(ingest, out);
    }
  }

  public static @Nullable Lineage readNullableLineage(ByteReader in) {
    return in.readByte() == 0 ? null : readLineage(in);
  }
}
