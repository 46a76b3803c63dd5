package dev.leat.alert;

import dev.leat.health.Counters;
import dev.leat.health.Health;
import dev.leat.health.HealthCoder;
import dev.leat.wait.Total;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.StringSet;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * Judges the health of a run by rules. It changes nothing else of the run.
 *
 * <pre>{@code
 * health.apply("Alerts", RaiseAlerts.when(List.of(
 *     AlertRule.of(INGEST_LAG_P95, ABOVE, Duration.ofSeconds(60)).lasting(Duration.ofMinutes(5)))))
 * }</pre>
 *
 * <p>Live, what was measured is judged every minute of processing time, also if that is nothing. An
 * alert is raised once a rule has been broken for as long as it says, and once more when it is
 * broken no longer; each is logged too, as a warning. A metric that cannot be told, because nothing
 * was read, leaves its rule as it is. State: one key, a few kilobytes; a run that goes on from a
 * checkpoint does so with its pending and firing alerts.
 *
 * <p>On bounded input all of it is judged once, at its end, whatever {@link AlertRule#lasting()}
 * says; {@link AlertMetric#THROUGHPUT} is not told.
 *
 * <p>What was raised is counted as {@value Counters#ALERTS}.
 */
public final class RaiseAlerts extends PTransform<PCollection<Health>, PCollection<Alert>> {
  private static final long serialVersionUID = 1L;

  private final List<AlertRule> rules;

  private RaiseAlerts(List<AlertRule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** Each rule by itself. */
  public static RaiseAlerts when(List<AlertRule> rules) {
    return new RaiseAlerts(rules);
  }

  @Override
  public PCollection<Alert> expand(PCollection<Health> health) {
    return health.isBounded() == IsBounded.UNBOUNDED ? watch(health) : judge(health);
  }

  /** Begins with the run, not with its first event, which may never come. */
  private PCollection<Alert> watch(PCollection<Health> health) {
    PCollection<Health> begin =
        health.getPipeline().apply("Begin", Create.of(Health.NONE).withCoder(HealthCoder.of()));
    return PCollectionList.of(health)
        .and(begin)
        .apply("From the beginning", Flatten.pCollections())
        .apply("Together", WithKeys.of(0))
        .setCoder(KvCoder.of(VarIntCoder.of(), HealthCoder.of()))
        .apply("Watch", ParDo.of(new WatchHealth(rules)))
        .setCoder(AlertCoder.of());
  }

  private PCollection<Alert> judge(PCollection<Health> health) {
    return health
        .apply("All of it", Total.of(Health.NONE, Health::sum))
        .apply("Judge", ParDo.of(new Judge(rules)))
        .setCoder(AlertCoder.of());
  }

  private static final class Judge extends DoFn<Health, Alert> {
    private static final long serialVersionUID = 1L;
    private static final Counter ALERTS = Counters.counter(Counters.ALERTS);
    private static final StringSet RAISED = Metrics.stringSet(Counters.NAMESPACE, Counters.RAISED);

    private final List<AlertRule> rules;

    Judge(List<AlertRule> rules) {
      this.rules = rules;
    }

    @ProcessElement
    public void process(@Element Health health, OutputReceiver<Alert> out) {
      for (int i = 0; i < rules.size(); i++) {
        AlertRule rule = rules.get(i);
        Optional<BigDecimal> value = rule.valueOf(health, Optional.empty());
        if (value.isPresent() && rule.isBrokenBy(value.get())) {
          String told = rule.tell(value.get());
          ALERTS.inc();
          RAISED.add(i + "=" + told);
          Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
          out.output(Alert.of(Alert.Kind.FIRING, rule.toString(), told, now));
        }
      }
    }
  }
}
