package dev.leat.alert;

import static dev.leat.alert.AlertMetric.INGEST_LAG_P95;
import static dev.leat.alert.AlertMetric.POISON_RATE;
import static dev.leat.alert.AlertMetric.THROUGHPUT;
import static dev.leat.alert.AlertRule.Side.ABOVE;
import static dev.leat.alert.AlertRule.Side.BELOW;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.Counted;
import dev.leat.health.Health;
import dev.leat.health.Health.Count;
import dev.leat.health.HealthCoder;
import dev.leat.quality.Share;
import dev.leat.testing.fixtures.CoderContract;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.Rule;
import org.junit.Test;

public class RaiseAlertsTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final AlertRule POISON = AlertRule.of(POISON_RATE, ABOVE, Share.parse("10%"));
  private static final AlertRule SLOW =
      AlertRule.ofRate(THROUGHPUT, BELOW, BigDecimal.ONE).lasting(java.time.Duration.ofMinutes(2));
  private static final AlertRule OLD =
      AlertRule.of(INGEST_LAG_P95, ABOVE, java.time.Duration.ofSeconds(1));

  /** The DirectRunner fires a timer once its time has passed, not when it comes. */
  private static final Duration MINUTE = Duration.standardMinutes(1).plus(1);

  @Test
  public void firesAndResolvesWhileALiveRunGoesOn() {
    TestStream<Health> stream =
        TestStream.create(HealthCoder.of())
            // Up to a tenth is no alert.
            .addElements(part(60, 6), part(20, 2))
            .advanceProcessingTime(MINUTE)
            .addElements(part(60, 0), part(40, 15))
            .advanceProcessingTime(MINUTE)
            // Still so, and not told again.
            .addElements(part(120, 120))
            .advanceProcessingTime(MINUTE)
            // Nothing: the rate of nothing is not known, and that there is nothing is too short
            // yet.
            .advanceProcessingTime(MINUTE)
            // So now.
            .advanceProcessingTime(MINUTE)
            .addElements(part(120, 0))
            .advanceProcessingTime(MINUTE)
            .advanceWatermarkToInfinity();

    PCollection<Alert> alerts =
        pipeline.apply(stream).apply(RaiseAlerts.when(List.of(POISON, SLOW)));

    PAssert.that(lines(alerts))
        .containsInAnyOrder(
            "alert {metric: poison_rate, above: 10%}: 15%",
            "alert {metric: throughput, below: 1/s, for: 2m}: 0/s",
            "alert {metric: poison_rate, above: 10%}: resolved, now 0%",
            "alert {metric: throughput, below: 1/s, for: 2m}: resolved, now 2/s");
    assertThat(Counted.in(pipeline.run()), is(Map.of("alerts", 2L)));
  }

  @Test
  public void tellsALiveRunThatNeverGetsAnything() {
    TestStream<Health> stream =
        TestStream.create(HealthCoder.of())
            .advanceProcessingTime(MINUTE)
            .advanceProcessingTime(MINUTE)
            .advanceProcessingTime(MINUTE)
            .advanceWatermarkToInfinity();

    PCollection<Alert> alerts = pipeline.apply(stream).apply(RaiseAlerts.when(List.of(SLOW)));

    PAssert.that(lines(alerts))
        .containsInAnyOrder("alert {metric: throughput, below: 1/s, for: 2m}: 0/s");
    pipeline.run();
  }

  @Test
  public void judgesABoundedRunAsAWhole() {
    PCollection<Alert> alerts =
        pipeline
            .apply(Create.of(part(50, 10), part(50, 1)).withCoder(HealthCoder.of()))
            .apply(RaiseAlerts.when(List.of(POISON, SLOW, OLD)));

    PAssert.that(lines(alerts)).containsInAnyOrder("alert {metric: poison_rate, above: 10%}: 11%");
    assertThat(Counted.in(pipeline.run()), is(Map.of("alerts", 1L)));
  }

  @Test
  public void saysNothingOfABoundedRunThatIsWell() {
    PCollection<Alert> alerts =
        pipeline
            .apply(Create.of(part(50, 9), part(50, 1)).withCoder(HealthCoder.of()))
            .apply(RaiseAlerts.when(List.of(POISON)));

    PAssert.that(alerts).empty();
    assertThat(Counted.in(pipeline.run()), is(Map.of()));
  }

  @Test
  public void saysNothingOfABoundedRunOfNothing() {
    PCollection<Alert> alerts =
        pipeline
            .apply(Create.empty(HealthCoder.of()))
            .apply(RaiseAlerts.when(List.of(POISON, SLOW, OLD)));

    PAssert.that(alerts).empty();
    pipeline.run();
  }

  @Test
  public void remembersThroughACheckpointWhatIsPending() {
    Watch watch = Watch.begun(Instant.EPOCH).judge(List.of(SLOW), at(60), alert -> {});
    Watch other = watch.with(part(1, 1));

    CoderContract.check(
        Watch.WatchCoder.of(), Watch.begun(Instant.EPOCH), Watch.begun(at(5)), watch, other);
    CoderContract.checkDamaged(Watch.WatchCoder.of(), other);
  }

  @Test
  public void alertsKeepTheContractOfCoders() {
    Alert alert = Alert.of(Alert.Kind.FIRING, "{}", "1%", at(1));

    CoderContract.check(
        AlertCoder.of(),
        alert,
        Alert.of(Alert.Kind.RESOLVED, "{}", "1%", at(1)),
        Alert.of(Alert.Kind.FIRING, "{a}", "1%", at(1)),
        Alert.of(Alert.Kind.FIRING, "{}", "2%", at(1)),
        Alert.of(Alert.Kind.FIRING, "{}", "1%", at(-1)));
    CoderContract.checkDamaged(AlertCoder.of(), alert);
  }

  private static PCollection<String> lines(PCollection<Alert> alerts) {
    return alerts.apply(MapElements.into(TypeDescriptors.strings()).via(Alert::line));
  }

  private static Instant at(long second) {
    return Instant.ofEpochSecond(second);
  }

  private static Health part(long read, long deadLetters) {
    Health.Sum sum = new Health.Sum();
    sum.add(Count.READ, read);
    sum.add(Count.DEAD_LETTERS, deadLetters);
    return sum.health();
  }
}
