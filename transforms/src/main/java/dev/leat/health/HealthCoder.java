package dev.leat.health;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Encodes {@link Health}. */
public final class HealthCoder extends CodecCoder<Health> {
  private static final long serialVersionUID = 1L;
  private static final HealthCoder INSTANCE = new HealthCoder();

  private HealthCoder() {}

  public static HealthCoder of() {
    return INSTANCE;
  }

  /** For {@link org.apache.beam.sdk.coders.DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return provider(INSTANCE);
  }

  @Override
  protected void write(Health health, ByteWriter out) {
    out.writeVarint(health.counts().size());
    health
        .counts()
        .forEach((count, number) -> out.writeString(count.name()).writeSignedVarint(number));
    out.writeVarint(health.lags().size());
    health.lags().forEach((bucket, number) -> out.writeVarint(bucket).writeVarint(number));
  }

  @Override
  protected Health read(ByteReader in) {
    Map<Health.Count, Long> counts = new EnumMap<>(Health.Count.class);
    for (int left = in.readCount(); left > 0; left--) {
      counts.put(Health.Count.valueOf(in.readString()), in.readSignedVarint());
    }
    Map<Integer, Long> lags = new TreeMap<>();
    for (int left = in.readCount(); left > 0; left--) {
      lags.put(Math.toIntExact(in.readVarint()), in.readVarint());
    }
    return Health.of(counts, lags);
  }

  @Override
  public TypeDescriptor<Health> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(Health.class);
  }
}
