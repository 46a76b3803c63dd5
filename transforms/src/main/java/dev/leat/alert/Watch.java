package dev.leat.alert;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableSortedMap;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import dev.leat.health.Health;
import dev.leat.health.HealthCoder;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * What a live run remembers to judge itself: the measurement that goes on, and each rule's state.
 */
@AutoValue
abstract class Watch {
  /** What was measured since {@link #since}. */
  abstract Health health();

  /** When the measurement that goes on began. */
  abstract Instant since();

  /** By the rules' texts, so that a run can go on with other rules; quiet ones are left out. */
  abstract ImmutableSortedMap<String, AlertState> states();

  static Watch begun(Instant now) {
    return of(Health.NONE, now, new TreeMap<>());
  }

  private static Watch of(Health health, Instant since, Map<String, AlertState> states) {
    return new AutoValue_Watch(health, since, ImmutableSortedMap.copyOf(states));
  }

  final Watch with(Health part) {
    return of(Health.sum(List.of(health(), part)), since(), states());
  }

  /**
   * Ends the measurement and begins the next. A rule whose metric cannot be told, because there
   * were no events, stays as it is.
   */
  final Watch judge(List<AlertRule> rules, Instant now, Consumer<Alert> alerts) {
    Duration elapsed = Duration.between(since(), now);
    Map<String, AlertState> next = new TreeMap<>();
    for (AlertRule rule : rules) {
      String text = rule.toString();
      AlertState before = states().getOrDefault(text, AlertState.QUIET);
      AlertState after = before;
      Optional<BigDecimal> value = rule.valueOf(health(), Optional.of(elapsed));
      if (value.isPresent()) {
        after = before.next(rule.isBrokenBy(value.get()), since(), now, rule.lasting());
        boolean was = before.phase() == AlertState.Phase.FIRING;
        boolean is = after.phase() == AlertState.Phase.FIRING;
        if (was != is) {
          Alert.Kind kind = is ? Alert.Kind.FIRING : Alert.Kind.RESOLVED;
          alerts.accept(Alert.of(kind, text, rule.tell(value.get()), now));
        }
      }
      if (after.phase() != AlertState.Phase.QUIET) {
        next.put(text, after);
      }
    }
    return of(Health.NONE, now, next);
  }

  static final class WatchCoder extends CodecCoder<Watch> {
    private static final long serialVersionUID = 1L;
    private static final WatchCoder INSTANCE = new WatchCoder();

    private WatchCoder() {}

    static WatchCoder of() {
      return INSTANCE;
    }

    @Override
    protected void write(Watch watch, ByteWriter out) {
      try {
        out.writeBytes(CoderUtils.encodeToByteArray(HealthCoder.of(), watch.health()));
      } catch (CoderException e) {
        throw new IllegalStateException(e);
      }
      out.writeSignedVarint(watch.since().toEpochMilli()).writeVarint(watch.states().size());
      watch
          .states()
          .forEach(
              (rule, state) ->
                  out.writeString(rule)
                      .writeString(state.phase().name())
                      .writeSignedVarint(state.since().toEpochMilli()));
    }

    @Override
    protected Watch read(ByteReader in) {
      Health health;
      try {
        health = CoderUtils.decodeFromByteArray(HealthCoder.of(), in.readBytes());
      } catch (CoderException e) {
        throw new IllegalArgumentException(e);
      }
      Instant since = Instant.ofEpochMilli(in.readSignedVarint());
      Map<String, AlertState> states = new TreeMap<>();
      for (int left = in.readCount(); left > 0; left--) {
        String rule = in.readString();
        AlertState.Phase phase = AlertState.Phase.valueOf(in.readString());
        states.put(rule, AlertState.of(phase, Instant.ofEpochMilli(in.readSignedVarint())));
      }
      return Watch.of(health, since, states);
    }

    @Override
    public TypeDescriptor<Watch> getEncodedTypeDescriptor() {
      return TypeDescriptor.of(Watch.class);
    }
  }
}
