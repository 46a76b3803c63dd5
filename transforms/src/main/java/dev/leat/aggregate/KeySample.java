package dev.leat.aggregate;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.RejectedException;
import dev.leat.field.EventView;
import dev.leat.step.EventFunction;
import dev.leat.window.WindowSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.jspecify.annotations.Nullable;

/**
 * A share of an aggregation's keys, chosen by a hash of the {@code by} fields: a key is in it with
 * all its events and all its rows, or not at all, in every run and every version of a workflow that
 * groups by the same values. Without {@code by} fields the windows are the keys.
 *
 * <p>As a function on events it keeps those of the chosen keys, and those whose key cannot be read:
 * they become dead letters where the aggregation reads them.
 */
public final class KeySample implements EventFunction {
  private static final long serialVersionUID = 1L;

  /** The counter of events of other keys. */
  public static final String NOT_SAMPLED = "not_sampled";

  /** Not the hash that spreads groups over shards, so that a sample is not of some shards only. */
  @SuppressWarnings("serial") // Guava's hash functions are serializable.
  private static final HashFunction HASH = Hashing.murmur3_128(0x4c656174);

  private final Aggregation aggregation;
  private final @Nullable WindowSpec windows;
  private final long threshold;

  private KeySample(Aggregation aggregation, @Nullable WindowSpec windows, long threshold) {
    this.aggregation = aggregation;
    this.windows = windows;
    this.threshold = threshold;
  }

  /**
   * @param fraction of the keys, above 0, at most 1
   * @throws IllegalArgumentException if the fraction is outside, or there is neither a {@code by}
   *     field nor a window: then there is one key only
   */
  public static KeySample of(
      Aggregation aggregation, Optional<WindowSpec> windows, double fraction) {
    if (!(fraction > 0 && fraction <= 1)) {
      throw new IllegalArgumentException("expected above 0, at most 1, got " + fraction);
    }
    boolean byWindow = aggregation.by().isEmpty();
    if (byWindow && windows.filter(spec -> spec.kind() != WindowSpec.Kind.SESSION).isEmpty()) {
      throw new IllegalArgumentException(
          "expected an aggregate with 'by' fields or with fixed or sliding windows: there is no key"
              + " to choose by");
    }
    long threshold = fraction == 1 ? Long.MAX_VALUE : (long) (fraction * 0x1p63);
    return new KeySample(aggregation, byWindow ? windows.orElse(null) : null, threshold);
  }

  @Override
  public boolean apply(EventView event) {
    try {
      return windows == null
          ? isChosen(aggregation.groupOf(event))
          : windows.windowsOf(event.event().timestamp()).stream().anyMatch(this::isChosen);
    } catch (RejectedException e) {
      return true;
    }
  }

  /**
   * Whether a row's key is chosen.
   *
   * @param by the grouping columns in the aggregation's order
   * @param windowStart looked at only if the windows are the keys
   */
  public boolean hasRow(List<? extends @Nullable String> by, @Nullable Instant windowStart) {
    if (windows != null) {
      return windowStart != null && isChosen(windowStart.toEpochMilli());
    }
    ByteWriter group = new ByteWriter(64);
    by.forEach(group::writeNullableString);
    return isChosen(group.toByteArray());
  }

  @Override
  public String dropsCountedAs() {
    return NOT_SAMPLED;
  }

  private boolean isChosen(IntervalWindow window) {
    return isChosen(window.start().getMillis());
  }

  private boolean isChosen(long millis) {
    return isChosen(new ByteWriter(8).writeFixed64(millis).toByteArray());
  }

  private boolean isChosen(byte[] key) {
    long hash = HASH.hashBytes(key).asLong() >>> 1;
    return hash < threshold || threshold == Long.MAX_VALUE;
  }
}
