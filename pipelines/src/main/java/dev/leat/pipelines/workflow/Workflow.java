package dev.leat.pipelines.workflow;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.leat.aggregate.Aggregation;
import dev.leat.alert.AlertRule;
import dev.leat.expression.Expression;
import dev.leat.field.PayloadReader;
import dev.leat.ingest.Mapping;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.RecordFormat;
import dev.leat.quality.QualityRule;
import dev.leat.window.WindowSpec;
import java.util.Optional;

/**
 * What is to be done with events. Made by {@link WorkflowParser}, which has checked all of it.
 *
 * <p>The steps run in a fixed order: {@link #events} → {@link #filter} → {@link #let} → {@link
 * #deduplicate} → {@link #window} → {@link #enrich} → {@link #aggregate} → {@link #quality}. By
 * sequence, {@link #deduplicate} comes before the filter, because what that leaves out would be a
 * gap. What is absent does nothing. Without an aggregate the events are the rows; without a window
 * an aggregate has one row for all time per group.
 */
@AutoValue
public abstract class Workflow {
  /** A letter, then letters, digits, {@code _} and {@code -}; at most 100. */
  public abstract String name();

  public abstract Optional<String> description();

  /** Where a run reads, unless it is told otherwise. */
  public abstract Optional<ConnectorUri> source();

  /** Where a run writes, unless it is told otherwise. */
  public abstract Optional<ConnectorUri> sink();

  /** How records become events; empty if they are CloudEvents already. */
  public abstract Optional<Mapping> events();

  /** How bytes are cut into records. */
  public abstract RecordFormat recordFormat();

  /** Which events are kept. It sees the event as it came, no derived fields. */
  public abstract Optional<Expression> filter();

  /** Derived fields in their order; each may name those before it. */
  public abstract ImmutableMap<String, Expression> let();

  /** How repeats are dropped. */
  public abstract Optional<Deduplication> deduplicate();

  /** The windows of {@link #aggregate}; never there without it. */
  public abstract Optional<WindowSpec> window();

  /** In their order; a key may name what is derived before it. */
  public abstract ImmutableList<Enrichment> enrich();

  public abstract Optional<Aggregation> aggregate();

  /** What must hold before a result is published: of the events {@link #aggregate} gets. */
  public abstract ImmutableList<QualityRule> quality();

  /** What is to be told of a run's health; it changes no row. */
  public abstract ImmutableList<AlertRule> alerts();

  /**
   * What a raw table is partitioned by: some of {@code month}, {@code date}, {@code hour}, {@code
   * tenant}; empty to leave it to the lake.
   */
  public abstract Optional<ImmutableList<String>> lakePartition();

  /**
   * 12 hex digits that stand for the content: another description, source or sink, another layout
   * or comments leave it as it is, everything else changes it.
   */
  public abstract String version();

  /** How records become events. */
  public final Mapping mapping() {
    return events().orElseGet(Mapping::cloudEvents);
  }

  /** How the payloads of these events are read. */
  public final PayloadReader payloadReader() {
    return mapping().reader();
  }

  static Builder builder() {
    return new AutoValue_Workflow.Builder();
  }

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder name(String name);

    abstract Builder description(Optional<String> description);

    abstract Builder source(Optional<ConnectorUri> source);

    abstract Builder sink(Optional<ConnectorUri> sink);

    abstract Builder events(Optional<Mapping> mapping);

    abstract Builder recordFormat(RecordFormat format);

    abstract Builder filter(Optional<Expression> filter);

    abstract Builder let(ImmutableMap<String, Expression> let);

    abstract Builder deduplicate(Optional<Deduplication> deduplication);

    abstract Builder window(Optional<WindowSpec> window);

    abstract Builder enrich(ImmutableList<Enrichment> enrich);

    abstract Builder aggregate(Optional<Aggregation> aggregate);

    abstract Builder quality(ImmutableList<QualityRule> quality);

    abstract Builder alerts(ImmutableList<AlertRule> alerts);

    abstract Builder lakePartition(Optional<ImmutableList<String>> partition);

    abstract Builder version(String version);

    abstract Workflow build();
  }
}
