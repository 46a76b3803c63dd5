package dev.leat.alert;

import com.google.auto.value.AutoValue;
import java.time.Instant;
import org.apache.beam.sdk.coders.DefaultCoder;

/** That a rule is broken, or is so no more. */
@AutoValue
@DefaultCoder(AlertCoder.class)
public abstract class Alert {
  /** Whether it begins or ends. */
  public enum Kind {
    FIRING,
    RESOLVED
  }

  public abstract Kind kind();

  /** The rule, as a workflow writes it. */
  public abstract String rule();

  /** What was measured, for people: {@code 72.3s}, {@code 1.5%}, {@code 12}, {@code 0.5/s}. */
  public abstract String value();

  /** When it was measured; processing time, millisecond precision, UTC. */
  public abstract Instant time();

  static Alert of(Kind kind, String rule, String value, Instant time) {
    return new AutoValue_Alert(kind, rule, value, time);
  }

  /** As a line for a person. */
  public final String line() {
    return "alert %s: %s%s"
        .formatted(rule(), kind() == Kind.RESOLVED ? "resolved, now " : "", value());
  }
}
