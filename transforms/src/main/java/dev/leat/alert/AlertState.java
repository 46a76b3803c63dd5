package dev.leat.alert;

import com.google.auto.value.AutoValue;
import java.time.Duration;
import java.time.Instant;

/** Where a rule stands in a live run. */
@AutoValue
abstract class AlertState {
  enum Phase {
    QUIET,
    PENDING,
    FIRING
  }

  static final AlertState QUIET = of(Phase.QUIET, Instant.EPOCH);

  abstract Phase phase();

  /** Since when the rule has been broken; of no meaning if it is not. */
  abstract Instant since();

  static AlertState of(Phase phase, Instant since) {
    return new AutoValue_AlertState(phase, since);
  }

  /**
   * Where it stands after another measurement.
   *
   * @param broken whether that breaks the rule
   * @param from when the measurement began
   * @param until when it ended
   * @param lasting how long the rule must be broken
   */
  final AlertState next(boolean broken, Instant from, Instant until, Duration lasting) {
    if (!broken) {
      return QUIET;
    }
    if (phase() == Phase.FIRING) {
      return this;
    }
    Instant begun = phase() == Phase.PENDING ? since() : from;
    boolean longEnough = !until.isBefore(begun.plus(lasting));
    return of(longEnough ? Phase.FIRING : Phase.PENDING, begun);
  }
}
