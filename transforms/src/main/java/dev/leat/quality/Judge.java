package dev.leat.quality;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.transforms.DoFn;
import org.jspecify.annotations.Nullable;

/** Holds the one tally of all against the rules. */
final class Judge extends DoFn<Tally, String> {
  private final List<Rule> rules;
  private final @Nullable Long completeUntil;

  Judge(List<Rule> rules, Optional<Instant> completeUntil) {
    this.rules = List.copyOf(rules);
    this.completeUntil = completeUntil.map(Instant::toEpochMilli).orElse(null);
  }

  @ProcessElement
  public void process(@Element Tally tally, OutputReceiver<String> out) {
    List<String> problems = problems(tally);
    if (!problems.isEmpty()) {
      throw new QualityRefusedException(problems);
    }
    rules.forEach(rule -> out.output(rule.toString()));
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
