package dev.leat.health;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableSortedMap;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * What was measured of a part of a run. Parts add up in any order. How far events lie behind is
 * kept as counts by DDSketch's logarithmic buckets (Masson, Rim, Lee: <a
 * href="https://arxiv.org/abs/1908.10693">arXiv:1908.10693</a>), of which there are some 1,500 at
 * most.
 */
@AutoValue
@DefaultCoder(HealthCoder.class)
public abstract class Health {
  private static final long serialVersionUID = 1L;

  /** What can be counted. */
  public enum Count {
    /** Records or events taken from the source. */
    READ,
    /** Records and events that could not be used. */
    DEAD_LETTERS,
    /** Events for which there was no open window or horizon. */
    LATE,
    /** Copies that were dropped. */
    REPEATS,
    /** Gaps in the sequences of producers. */
    GAPS
  }

  /** Of a part in which nothing was measured. */
  public static final Health NONE = new Sum().health();

  /** Values of a bucket are within 1% of its own. */
  private static final double GAMMA = 1.01 / 0.99;

  abstract ImmutableSortedMap<Count, Long> counts();

  /** How many lags there are, by bucket: 0 for none, n for up to GAMMA to the n - 1 ms. */
  abstract ImmutableSortedMap<Integer, Long> lags();

  public static Health of(Count count, long number) {
    Sum sum = new Sum();
    sum.add(count, number);
    return sum.health();
  }

  /** In any order. */
  public static Health sum(Iterable<Health> parts) {
    Sum sum = new Sum();
    parts.forEach(sum::add);
    return sum.health();
  }

  static Health of(Map<Count, Long> counts, Map<Integer, Long> lags) {
    return new AutoValue_Health(ImmutableSortedMap.copyOf(counts), ImmutableSortedMap.copyOf(lags));
  }

  /** 0 if it was never counted. */
  public final long of(Count count) {
    return counts().getOrDefault(count, 0L);
  }

  /**
   * A quantile, by nearest rank and within 1%, of how long after its time an event was taken.
   *
   * @param fraction 0 to 1
   * @return empty if no event was measured
   */
  public final Optional<Duration> lag(double fraction) {
    long all = lags().values().stream().mapToLong(Long::longValue).sum();
    long rank = Math.max(1, (long) Math.ceil(fraction * all));
    long seen = 0;
    for (Map.Entry<Integer, Long> bucket : lags().entrySet()) {
      seen += bucket.getValue();
      if (seen >= rank) {
        return Optional.of(Duration.ofMillis(millisOf(bucket.getKey())));
      }
    }
    return Optional.empty();
  }

  private static int bucketOf(long millis) {
    return millis <= 0
        ? 0
        : 1 + (int) Math.ceil(StrictMath.log((double) millis) / StrictMath.log(GAMMA));
  }

  private static long millisOf(int bucket) {
    return bucket == 0
        ? 0
        : Math.round(2 * StrictMath.pow(GAMMA, (double) bucket - 1) / (GAMMA + 1));
  }

  /** Adds up. */
  public static final class Sum {
    private final Map<Count, Long> counts = new EnumMap<>(Count.class);
    private final Map<Integer, Long> lags = new TreeMap<>();

    public void add(Count count, long number) {
      counts.merge(count, number, Long::sum);
    }

    /** How long after its time an event was taken; less than nothing is nothing. */
    public void addLag(Duration lag) {
      lags.merge(bucketOf(lag.toMillis()), 1L, Long::sum);
    }

    public void add(Health part) {
      part.counts().forEach(this::add);
      part.lags().forEach((bucket, number) -> lags.merge(bucket, number, Long::sum));
    }

    public Health health() {
      return Health.of(counts, lags);
    }
  }
}
