package dev.leat.event;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteSpan;
import dev.leat.bytes.ByteWriter;

/**
 * The fields of an event as the bytes they are encoded in, so that columns and blocks can be made
 * of one another without an {@link Event} between them. The second view of {@link EventCodec}'s
 * layout; what holds there holds here. Mutable, to be used for one event after another; its spans
 * point into whatever it was filled from. Internal to Leat and its connectors.
 */
public final class EventBytes {
  private final ByteSpan id = new ByteSpan();
  private final ByteSpan source = new ByteSpan();
  private final ByteSpan type = new ByteSpan();
  private final ByteSpan subject = new ByteSpan();
  private final ByteSpan tenant = new ByteSpan();
  private final ByteSpan contentType = new ByteSpan();
  private final ByteSpan data = new ByteSpan();
  private final ByteSpan schemaSubject = new ByteSpan();
  private final ByteSpan origin = new ByteSpan();
  private final ByteSpan derived = new ByteSpan();
  private int has;
  private long seconds;
  private int nanos;
  private long sequence;
  private int schemaVersion;
  private long ingestSeconds;
  private int ingestNanos;
  private int partition;
  private long offset;

  public ByteSpan id() {
    return id;
  }

  public ByteSpan source() {
    return source;
  }

  public ByteSpan type() {
    return type;
  }

  /** Absent if the event has none. */
  public ByteSpan subject() {
    return subject;
  }

  public ByteSpan tenant() {
    return tenant;
  }

  public ByteSpan contentType() {
    return contentType;
  }

  public ByteSpan data() {
    return data;
  }

  /** Event time, seconds since 1970. */
  public long seconds() {
    return seconds;
  }

  /** Event time within the second. */
  public int nanos() {
    return nanos;
  }

  /** Event time in milliseconds since 1970, rounded down. */
  public long millis() {
    return Math.addExact(Math.multiplyExact(seconds, 1000L), nanos / 1_000_000);
  }

  public EventBytes time(long seconds, int nanos) {
    this.seconds = seconds;
    this.nanos = nanos;
    return this;
  }

  public boolean hasSequence() {
    return has(EventCodec.HAS_SEQUENCE);
  }

  public long sequence() {
    return sequence;
  }

  public EventBytes sequence(long sequence) {
    this.sequence = sequence;
    has |= EventCodec.HAS_SEQUENCE;
    return this;
  }

  public boolean hasSchema() {
    return has(EventCodec.HAS_SCHEMA);
  }

  public ByteSpan schemaSubject() {
    return schemaSubject;
  }

  public int schemaVersion() {
    return schemaVersion;
  }

  /** Of the subject that {@link #schemaSubject()} is set to. */
  public EventBytes schemaVersion(int version) {
    schemaVersion = version;
    has |= EventCodec.HAS_SCHEMA;
    return this;
  }

  /** Whether the event has a lineage. */
  public boolean hasIngest() {
    return has(EventCodec.HAS_INGEST);
  }

  public ByteSpan origin() {
    return origin;
  }

  public long ingestSeconds() {
    return ingestSeconds;
  }

  public int ingestNanos() {
    return ingestNanos;
  }

  public int partition() {
    return partition;
  }

  public long offset() {
    return offset;
  }

  /** Of the origin that {@link #origin()} is set to. */
  public EventBytes ingest(long seconds, int nanos, int partition, long offset) {
    this.ingestSeconds = seconds;
    this.ingestNanos = nanos;
    this.partition = partition;
    this.offset = offset;
    has |= EventCodec.HAS_INGEST;
    return this;
  }

  /** Forgets what an event need not have: sequence, schema, lineage and derived fields. */
  public EventBytes clearOptional() {
    has = 0;
    return this;
  }

  /** Reads what {@link EventCodec#write} or {@link #write} wrote. */
  public EventBytes read(ByteReader in) {
    EventCodec.checkVersion(in.readByte());
    has = in.readByte();
    in.readBytes(id);
    in.readBytes(source);
    in.readBytes(type);
    in.readNullableBytes(subject);
    seconds = in.readSignedVarint();
    nanos = (int) in.readVarint();
    in.readBytes(tenant);
    in.readBytes(contentType);
    in.readBytes(data);
    if (hasSequence()) {
      sequence = in.readSignedVarint();
    }
    if (hasSchema()) {
      in.readBytes(schemaSubject);
      schemaVersion = (int) in.readVarint();
    }
    if (hasIngest()) {
      ingestSeconds = in.readSignedVarint();
      ingestNanos = (int) in.readVarint();
      in.readBytes(origin);
      partition = (int) in.readSignedVarint();
      offset = in.readSignedVarint();
    }
    if (has(EventCodec.HAS_DERIVED)) {
      in.readBytes(derived);
    }
    return this;
  }

  public void write(ByteWriter out) {
    out.writeByte(EventCodec.VERSION).writeByte(has);
    out.writeBytes(id).writeBytes(source).writeBytes(type).writeNullableBytes(subject);
    out.writeSignedVarint(seconds).writeVarint(nanos);
    out.writeBytes(tenant).writeBytes(contentType).writeBytes(data);
    if (hasSequence()) {
      out.writeSignedVarint(sequence);
    }
    if (hasSchema()) {
      out.writeBytes(schemaSubject).writeVarint(schemaVersion);
    }
    if (hasIngest()) {
      out.writeSignedVarint(ingestSeconds).writeVarint(ingestNanos);
      out.writeBytes(origin).writeSignedVarint(partition).writeSignedVarint(offset);
    }
    if (has(EventCodec.HAS_DERIVED)) {
      out.writeBytes(derived);
    }
  }

  private boolean has(int flag) {
    return (has & flag) != 0;
  }
}
