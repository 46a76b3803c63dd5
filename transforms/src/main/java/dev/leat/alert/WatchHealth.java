package dev.leat.alert;

import dev.leat.health.Counters;
import dev.leat.health.Health;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges a live run every minute of processing time, from its first element on. */
final class WatchHealth extends DoFn<KV<Integer, Health>, Alert> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(WatchHealth.class);
  private static final Counter ALERTS = Counters.counter(Counters.ALERTS);
  private static final Duration EVERY = Duration.standardMinutes(1);

  private final List<AlertRule> rules;

  @StateId("watch")
  private final StateSpec<ValueState<Watch>> watchSpec = StateSpecs.value(Watch.WatchCoder.of());

  @TimerId("minute")
  private final TimerSpec minuteSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  WatchHealth(List<AlertRule> rules) {
    this.rules = List.copyOf(rules);
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, Health> part,
      @AlwaysFetched @StateId("watch") ValueState<Watch> state,
      @TimerId("minute") Timer minute) {
    Watch watch = state.read();
    if (watch == null) {
      watch = Watch.begun(now(minute));
      minute.offset(EVERY).setRelative();
    }
    state.write(watch.with(part.getValue()));
  }

  @OnTimer("minute")
  public void judge(
      @AlwaysFetched @StateId("watch") ValueState<Watch> state,
      @TimerId("minute") Timer minute,
      OutputReceiver<Alert> out) {
    Watch watch = state.read();
    Instant now = now(minute);
    // Before its time it fires only where a runner ends a job by firing all timers, until there are
    // none: Flink when it drains.
    if (watch == null || now.isBefore(watch.since().plusMillis(EVERY.getMillis()))) {
      return;
    }
    state.write(watch.judge(rules, now, alert -> raise(alert, out)));
    minute.offset(EVERY).setRelative();
  }

  private static void raise(Alert alert, OutputReceiver<Alert> out) {
    if (alert.kind() == Alert.Kind.FIRING) {
      ALERTS.inc();
    }
    LOG.warn("{}", alert.line());
    out.output(alert);
  }

  /** Beam calls it the current time of a processing-time timer. */
  private static Instant now(Timer minute) {
    return Instant.ofEpochMilli(minute.getCurrentRelativeTime().getMillis());
  }
}
