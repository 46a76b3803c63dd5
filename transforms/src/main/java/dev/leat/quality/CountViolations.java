package dev.leat.quality;

import dev.leat.field.EventView;
import dev.leat.health.Counters;
import dev.leat.step.EventFunction;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;

/**
 * Counts, as the metric {@value Counters#VIOLATIONS}, the events that break a rule about a field,
 * and keeps them all. What a live run does with rules, which has no end at which to refuse
 * anything; rules about volume and rows have no meaning there.
 */
public final class CountViolations implements EventFunction {
  private static final long serialVersionUID = 1L;
  private static final Counter VIOLATIONS = Counters.counter(Counters.VIOLATIONS);

  private final List<QualityRule> rules;

  private CountViolations(List<QualityRule> rules) {
    this.rules = rules.stream().filter(QualityRule::looksAtFields).toList();
  }

  /** To be run with other functions, after those that derive what the rules name. */
  public static CountViolations of(List<QualityRule> rules) {
    return new CountViolations(rules);
  }

  @Override
  public boolean apply(EventView event) {
    for (QualityRule rule : rules) {
      if (rule.look(event, cell -> {})) {
        VIOLATIONS.inc();
      }
    }
    return true;
  }
}
