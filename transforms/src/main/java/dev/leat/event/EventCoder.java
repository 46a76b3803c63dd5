package dev.leat.event;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Encodes an {@link Event}. Deterministic and consistent with equals. */
public final class EventCoder extends CodecCoder<Event> {
  private static final long serialVersionUID = 1L;
  private static final EventCoder INSTANCE = new EventCoder();

  private EventCoder() {}

  public static EventCoder of() {
    return INSTANCE;
  }

  /** For {@link org.apache.beam.sdk.coders.DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return provider(INSTANCE);
  }

  @Override
  protected void write(Event event, ByteWriter out) {
    EventCodec.write(event, out);
  }

  @Override
  protected Event read(ByteReader in) {
    return EventCodec.read(in);
  }

  @Override
  public TypeDescriptor<Event> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(Event.class);
  }
}
