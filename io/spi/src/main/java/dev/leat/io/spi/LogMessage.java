package dev.leat.io.spi;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableMap;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import dev.leat.event.Payload;
import java.util.Map;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.jspecify.annotations.Nullable;

/** A record that is to be appended to a log. */
@AutoValue
@DefaultCoder(LogMessage.LogMessageCoder.class)
public abstract class LogMessage {
  /** The header with {@link dev.leat.ingest.RawRecord#attempt}, a decimal number in text. */
  public static final String ATTEMPT = "leat_attempt";

  /** The header with the id of the run that replayed the record. */
  public static final String REPLAY = "leat_replay";

  /** Records with the same key keep their order; null if none is asked for. */
  public abstract @Nullable String key();

  public abstract Payload value();

  /** Beside the value, by name, as text. */
  public abstract ImmutableMap<String, String> headers();

  public static LogMessage of(@Nullable String key, Payload value, Map<String, String> headers) {
    return new AutoValue_LogMessage(key, value, ImmutableMap.copyOf(headers));
  }

  /** Encodes a {@link LogMessage}. */
  public static final class LogMessageCoder extends CodecCoder<LogMessage> {
    private static final long serialVersionUID = 1L;
    private static final LogMessageCoder INSTANCE = new LogMessageCoder();

    private LogMessageCoder() {}

    public static LogMessageCoder of() {
      return INSTANCE;
    }

    @Override
    protected void write(LogMessage message, ByteWriter out) {
      out.writeNullableString(message.key()).writeBytes(message.value().toByteArray());
      out.writeVarint(message.headers().size());
      message.headers().forEach((name, value) -> out.writeString(name).writeString(value));
    }

    @Override
    protected LogMessage read(ByteReader in) {
      String key = in.readNullableString();
      Payload value = Payload.takingOver(in.readBytes());
      ImmutableMap.Builder<String, String> headers = ImmutableMap.builder();
      for (int count = in.readCount(); count > 0; count--) {
        headers.put(in.readString(), in.readString());
      }
      return new AutoValue_LogMessage(key, value, headers.build());
    }
  }
}
