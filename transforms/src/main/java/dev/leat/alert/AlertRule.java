package dev.leat.alert;

import com.google.auto.value.AutoValue;
import dev.leat.health.Health;
import dev.leat.quality.Share;
import dev.leat.window.WindowSpec;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;

/** When the health of a run is something to tell a person. */
@AutoValue
public abstract class AlertRule implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Duration LONGEST = Duration.ofDays(1);

  /** On which side of the limit it is an alert. */
  public enum Side {
    ABOVE,
    BELOW
  }

  public abstract AlertMetric metric();

  public abstract Side side();

  /** Milliseconds, percent, a number, or a number by second, as is the metric. */
  abstract BigDecimal limit();

  /** How long it must be so, without a break, in a live run; a bounded one is judged as a whole. */
  public abstract Duration lasting();

  /**
   * A rule about a duration.
   *
   * @throws IllegalArgumentException if the metric is none, or the limit is negative
   */
  public static AlertRule of(AlertMetric metric, Side side, Duration limit) {
    return of(metric, AlertMetric.Unit.DURATION, side, BigDecimal.valueOf(limit.toMillis()));
  }

  /**
   * A rule about a share.
   *
   * @throws IllegalArgumentException if the metric is none
   */
  public static AlertRule of(AlertMetric metric, Side side, Share limit) {
    return of(metric, AlertMetric.Unit.SHARE, side, limit.percent());
  }

  /**
   * A rule about a number.
   *
   * @throws IllegalArgumentException if the metric is none, or the limit is negative
   */
  public static AlertRule ofCount(AlertMetric metric, Side side, long limit) {
    return of(metric, AlertMetric.Unit.COUNT, side, BigDecimal.valueOf(limit));
  }

  /**
   * A rule about a rate.
   *
   * @param limit by second
   * @throws IllegalArgumentException if the metric is none, or the limit is negative
   */
  public static AlertRule ofRate(AlertMetric metric, Side side, BigDecimal limit) {
    return of(metric, AlertMetric.Unit.RATE, side, limit);
  }

  private static AlertRule of(
      AlertMetric metric, AlertMetric.Unit unit, Side side, BigDecimal limit) {
    if (metric.unit() != unit) {
      throw new IllegalArgumentException(
          "metric: expected one that is a %s, got %s".formatted(name(unit), metric.text()));
    }
    if (limit.signum() < 0) {
      throw new IllegalArgumentException("limit: expected 0 or more, got " + limit);
    }
    return new AutoValue_AlertRule(metric, side, limit.stripTrailingZeros(), Duration.ZERO);
  }

  /**
   * How long a live run must be on the wrong side before it is told, 0 s to 1 d. Default 0 s: the
   * first minute tells.
   *
   * @throws IllegalArgumentException if it is not
   */
  public final AlertRule lasting(Duration lasting) {
    if (lasting.isNegative() || lasting.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("for: expected 0s to 1d, got " + WindowSpec.text(lasting));
    }
    return new AutoValue_AlertRule(metric(), side(), limit(), lasting);
  }

  /** What was measured; empty if that does not tell the metric. */
  final Optional<BigDecimal> valueOf(Health health, Optional<Duration> elapsed) {
    return metric().of(health, elapsed);
  }

  /** On the limit it is not. */
  final boolean isBrokenBy(BigDecimal value) {
    int compared = value.compareTo(limit());
    return side() == Side.ABOVE ? compared > 0 : compared < 0;
  }

  /** A value for people, to three digits. */
  final String tell(BigDecimal value) {
    switch (metric().unit()) {
      case DURATION:
        return duration(value);
      case SHARE:
        return shortened(value) + "%";
      case COUNT:
        return value.toPlainString();
      default:
        return shortened(value) + "/s";
    }
  }

  /** {@code above} or {@code below}. */
  public final String sideText() {
    return side() == Side.ABOVE ? "above" : "below";
  }

  /** The limit as a workflow writes it. */
  public final String limitText() {
    return metric().unit() == AlertMetric.Unit.DURATION
        ? WindowSpec.text(Duration.ofMillis(limit().longValueExact()))
        : limit().toPlainString()
            + switch (metric().unit()) {
              case SHARE -> "%";
              case RATE -> "/s";
              default -> "";
            };
  }

  /** As a workflow writes it. */
  @Override
  public final String toString() {
    return "{metric: %s, %s: %s%s}"
        .formatted(
            metric().text(),
            sideText(),
            limitText(),
            lasting().isZero() ? "" : ", for: " + WindowSpec.text(lasting()));
  }

  private static String name(AlertMetric.Unit unit) {
    switch (unit) {
      case DURATION:
        return "duration";
      case SHARE:
        return "share";
      case COUNT:
        return "count";
      default:
        return "rate";
    }
  }

  private static String duration(BigDecimal millis) {
    long[] sizes = {86_400_000, 3_600_000, 60_000, 1000};
    String[] units = {"d", "h", "m", "s"};
    for (int i = 0; i < sizes.length; i++) {
      BigDecimal size = BigDecimal.valueOf(sizes[i]);
      if (millis.compareTo(size) >= 0) {
        return shortened(millis.divide(size, MathContext.DECIMAL64)) + units[i];
      }
    }
    return millis.toPlainString() + "ms";
  }

  /** Digits before the point all stay. */
  private static String shortened(BigDecimal value) {
    BigDecimal three = value.round(new MathContext(3, RoundingMode.HALF_EVEN));
    BigDecimal whole = value.setScale(0, RoundingMode.HALF_EVEN);
    BigDecimal shorter = three.compareTo(BigDecimal.valueOf(1000)) >= 0 ? whole : three;
    return shorter.signum() == 0 ? "0" : shorter.stripTrailingZeros().toPlainString();
  }
}
