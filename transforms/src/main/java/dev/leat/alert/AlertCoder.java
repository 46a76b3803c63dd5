package dev.leat.alert;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import java.time.Instant;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Encodes an {@link Alert}. */
public final class AlertCoder extends CodecCoder<Alert> {
  private static final long serialVersionUID = 1L;
  private static final AlertCoder INSTANCE = new AlertCoder();

  private AlertCoder() {}

  public static AlertCoder of() {
    return INSTANCE;
  }

  /** For {@link org.apache.beam.sdk.coders.DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return provider(INSTANCE);
  }

  @Override
  protected void write(Alert alert, ByteWriter out) {
    out.writeString(alert.kind().name())
        .writeString(alert.rule())
        .writeString(alert.value())
        .writeSignedVarint(alert.time().toEpochMilli());
  }

  @Override
  protected Alert read(ByteReader in) {
    return Alert.of(
        Alert.Kind.valueOf(in.readString()),
        in.readString(),
        in.readString(),
        Instant.ofEpochMilli(in.readSignedVarint()));
  }

  @Override
  public TypeDescriptor<Alert> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(Alert.class);
  }
}
