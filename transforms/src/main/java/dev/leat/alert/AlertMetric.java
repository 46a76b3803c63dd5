package dev.leat.alert;

import dev.leat.health.Health;
import dev.leat.health.Health.Count;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a rule can be about. */
public enum AlertMetric {
  /** The median of how long after its time an event was taken. */
  INGEST_LAG_P50(0.5),
  /** The 95th percentile of the same. */
  INGEST_LAG_P95(0.95),
  /** The 99th percentile of the same. */
  INGEST_LAG_P99(0.99),
  /** Dead letters of all records read. */
  POISON_RATE(Unit.SHARE, Count.DEAD_LETTERS),
  /** Late events of all records read. */
  LATE_RATE(Unit.SHARE, Count.LATE),
  /** Dropped copies of all records read. */
  DUPLICATE_RATE(Unit.SHARE, Count.REPEATS),
  /** The number of dead letters. */
  DEAD_LETTERS(Unit.COUNT, Count.DEAD_LETTERS),
  /** The number of gaps in the sequences of producers. */
  GAPS(Unit.COUNT, Count.GAPS),
  /** Records read, by second; live only. */
  THROUGHPUT(Unit.RATE, Count.READ);

  /** What a metric is measured in. */
  public enum Unit {
    DURATION,
    SHARE,
    COUNT,
    RATE
  }

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final BigDecimal MILLIS = BigDecimal.valueOf(1000);

  private final Unit unit;
  private final @Nullable Count count;
  private final double fraction;

  AlertMetric(double fraction) {
    this.unit = Unit.DURATION;
    this.count = null;
    this.fraction = fraction;
  }

  AlertMetric(Unit unit, Count count) {
    this.unit = unit;
    this.count = count;
    this.fraction = 0;
  }

  public Unit unit() {
    return unit;
  }

  /** As a workflow writes it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it has to be known of each event how far it lies behind. */
  public boolean isOfLags() {
    return unit == Unit.DURATION;
  }

  /** Whether this has to be counted for it. */
  public boolean isOf(Count counted) {
    return counted == count || (counted == Count.READ && unit == Unit.SHARE);
  }

  /**
   * Its value: milliseconds, percent, a number, or a number by second.
   *
   * @param elapsed how long was measured; absent for a whole bounded run
   * @return empty if what was measured does not tell it
   */
  Optional<BigDecimal> of(Health health, Optional<Duration> elapsed) {
    // What is a difference of two counts may lag behind by a bundle.
    BigDecimal counted = BigDecimal.valueOf(count == null ? 0 : Math.max(0, health.of(count)));
    long read = health.of(Count.READ);
    switch (unit) {
      case DURATION:
        return health.lag(fraction).map(lag -> BigDecimal.valueOf(lag.toMillis()));
      case SHARE:
        return read == 0
            ? Optional.empty()
            : Optional.of(
                counted.multiply(HUNDRED).divide(BigDecimal.valueOf(read), MathContext.DECIMAL64));
      case COUNT:
        return Optional.of(counted);
      default:
        return elapsed
            .filter(it -> it.toMillis() > 0)
            .map(
                it ->
                    counted
                        .multiply(MILLIS)
                        .divide(BigDecimal.valueOf(it.toMillis()), MathContext.DECIMAL64));
    }
  }
}
