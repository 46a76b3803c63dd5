package dev.leat.health;

import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;

/**
 * The counters of a run, under the namespace {@value #NAMESPACE}. They count attempts: after a
 * retry they can exceed what is stored, so a ledger that must be exact is read from the tables.
 */
public final class Counters {
  public static final String NAMESPACE = "leat";

  /** Records or events taken from the source. */
  public static final String READ = "read";

  /** Records and events that became dead letters. */
  public static final String DEAD_LETTERS = "dead_letters";

  /** Events outside the asked range of event time. */
  public static final String OUT_OF_RANGE = "out_of_range";

  /** Events that the filter left out. */
  public static final String FILTERED = "filtered";

  /** Copies dropped by id or sequence. */
  public static final String REPEATS = "repeats";

  /** Of the repeats, those whose time or payload differ from the kept event's. */
  public static final String CONFLICTING = "conflicting";

  /** Gaps that were reported in the sequences of producers. */
  public static final String GAPS = "gaps";

  /** Events that came after their horizon or window had closed. */
  public static final String LATE = "late";

  /** Events that reached the aggregation, or the sink where there is none. */
  public static final String USED = "used";

  /** Result rows. */
  public static final String ROWS = "rows";

  /** Events that break a quality rule about a field, once for each such rule. */
  public static final String VIOLATIONS = "violations";

  /** Quality rules that held, all of the workflow's: never told of a live run. */
  public static final String RULES_PASSED = "rules_passed";

  /** How often an alert was raised. */
  public static final String ALERTS = "alerts";

  /**
   * What a bounded run's alerts were raised by; a string set. Each is the place of its rule in the
   * list, {@code =}, and the value for people.
   */
  public static final String RAISED = "raised";

  /** Lines for the person who reads the summary; a string set, of bounded runs. */
  public static final String TOLD = "told";

  private Counters() {}

  public static Counter counter(String name) {
    return Metrics.counter(NAMESPACE, name);
  }
}
