package dev.leat.quality;

import dev.leat.health.Counters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.jspecify.annotations.Nullable;

/** Holds the one tally of all against the rules. */
final class Judge extends DoFn<Tally, String> {
  private static final Counter PASSED = Counters.counter(Counters.RULES_PASSED);
  private static final Counter VIOLATIONS = Counters.counter(Counters.VIOLATIONS);

  private final List<QualityRule> rules;
  private final @Nullable Long completeUntil;

  Judge(List<QualityRule> rules, Optional<Instant> completeUntil) {
    this.rules = List.copyOf(rules);
    this.completeUntil = completeUntil.map(Instant::toEpochMilli).orElse(null);
  }

  @ProcessElement
  public void process(@Element Tally tally, OutputReceiver<String> out) {
    List<String> problems = problems(tally);
    if (!problems.isEmpty()) {
      throw new QualityRefusedException(problems);
    }
    PASSED.inc(rules.size());
    for (int i = 0; i < rules.size(); i++) {
      VIOLATIONS.inc(rules.get(i).violations(tally.cellsOf(i)));
      out.output(rules.get(i).toString());
    }
  }

  /** What is wrong, in the order of the rules. */
  List<String> problems(Tally tally) {
    long until = completeUntil != null ? completeUntil : tally.lastMillis();
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      String problem = rules.get(i).problem(tally, tally.cellsOf(i), until);
      if (problem != null) {
        problems.add("quality " + rules.get(i) + ": " + problem);
      }
    }
    return problems;
  }
}
