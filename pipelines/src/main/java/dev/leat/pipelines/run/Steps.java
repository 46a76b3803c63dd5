package dev.leat.pipelines.run;

import dev.leat.aggregate.KeySample;
import dev.leat.enrich.EnrichEvents;
import dev.leat.io.spi.TimeRange;
import dev.leat.pipelines.workflow.Deduplication;
import dev.leat.pipelines.workflow.Enrichment;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.prepare.EarlyReduction;
import dev.leat.step.DeriveField;
import dev.leat.step.EventChain;
import dev.leat.step.EventFunction;
import dev.leat.step.FilterEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.values.PCollection;

/** The steps of a workflow that look at one event at a time. */
record Steps(Workflow workflow, Optional<TimeRange> eventTime, Optional<KeySample> sample) {

  /** Which events are taken. */
  EventChain choice() {
    List<EventFunction> functions = new ArrayList<>();
    eventTime.ifPresent(range -> functions.add(new InRange(range)));
    workflow.filter().ifPresent(condition -> functions.add(FilterEvents.function(condition)));
    return new EventChain("filter", functions);
  }

  EventChain let() {
    List<EventFunction> functions = new ArrayList<>();
    workflow.let().forEach((name, value) -> functions.add(DeriveField.function(name, value)));
    if (!isKeyEnriched()) {
      // As early as a key is known: what follows then works on the sample only.
      sample.ifPresent(functions::add);
    }
    return new EventChain("let", functions);
  }

  /**
   * What is looked up, and for a live run what is counted.
   *
   * @param events those it will look at
   */
  EventChain enrichment(PCollection<?> events) {
    List<EventFunction> functions = new ArrayList<>(lookups());
    functions.addAll(new Quality(workflow).counting(events));
    return new EventChain("enrich", functions);
  }

  /** As {@link #enrichment} of bounded events. */
  EventChain boundedEnrichment() {
    return new EventChain("enrich", lookups());
  }

  /**
   * How a source of bounded events can reduce them as it reads; empty if something is to look at
   * them first: a step, alerts, or sequences, whose gaps are among all events.
   */
  Optional<EarlyReduction> early() {
    boolean isFirst =
        choice().functions().isEmpty()
            && let().functions().isEmpty()
            && boundedEnrichment().functions().isEmpty()
            && workflow.alerts().isEmpty()
            && workflow.deduplicate().filter(Deduplication.ById.class::isInstance).isPresent();
    return isFirst
        ? Preparation.reducedFor(workflow).flatMap(EarlyReduction::of)
        : Optional.empty();
  }

  private List<EventFunction> lookups() {
    List<EventFunction> functions = new ArrayList<>();
    for (Enrichment each : workflow.enrich()) {
      functions.add(
          EnrichEvents.lookup(each.lookup())
              .on(each.key().toString())
              .as(each.as())
              .missing(each.missing())
              .function());
    }
    if (isKeyEnriched()) {
      sample.ifPresent(functions::add);
    }
    return functions;
  }

  /** Whether the key that a sample is chosen by is known only after enrichment. */
  private boolean isKeyEnriched() {
    return workflow.aggregate().stream()
        .flatMap(aggregation -> aggregation.by().values().stream())
        .anyMatch(
            field -> workflow.enrich().stream().anyMatch(each -> each.as().equals(field.root())));
  }
}
