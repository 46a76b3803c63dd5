package dev.leat.testing.kit;

import com.google.auto.value.AutoValue;
import dev.leat.event.CloudEventsJson;
import dev.leat.event.Event;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * Events as the world delivers them: out of order, some twice, and with records in between that are
 * no events. The same events and settings always give the same deliveries.
 *
 * <pre>{@code
 * byte[] file =
 *     Deliveries.of(events).outOfOrder(Duration.ofMinutes(5)).withRepeats(0.05).withPoison(3).file();
 * }</pre>
 *
 * <p>By default every event is delivered once, in the order given, as CloudEvents JSON.
 */
@AutoValue
public abstract class Deliveries {
  abstract List<Event> given();

  abstract long seed();

  abstract Duration maxDelay();

  abstract double repeats();

  abstract int poison();

  abstract Function<Event, byte[]> encoding();

  abstract Builder toBuilder();

  public static Deliveries of(List<Event> events) {
    return new AutoValue_Deliveries.Builder()
        .given(List.copyOf(events))
        .seed(1)
        .maxDelay(Duration.ZERO)
        .repeats(0)
        .poison(0)
        .encoding(CloudEventsJson::write)
        .build();
  }

  /** Another seed gives other delays, repeats and places of poison. By default 1. */
  public Deliveries seeded(long seed) {
    return toBuilder().seed(seed).build();
  }

  /**
   * Delays each delivery by a random time up to {@code maxDelay} after its event's time, and
   * delivers in the order that follows: no event comes further than that behind a newer one.
   */
  public Deliveries outOfOrder(Duration maxDelay) {
    expect(
        !maxDelay.isNegative() && !maxDelay.isZero(),
        "outOfOrder: expected a time above 0, got " + maxDelay.toMillis() + "ms");
    return toBuilder().maxDelay(maxDelay).build();
  }

  /**
   * Delivers a share of the events twice, 0 to 1: exactly that share of their number, rounded. A
   * copy comes somewhere after its event, within the delay of {@link #outOfOrder}, or else directly
   * after it.
   */
  public Deliveries withRepeats(double share) {
    expect(share >= 0 && share <= 1, "withRepeats: expected 0 to 1, got " + share);
    return toBuilder().repeats(share).build();
  }

  /**
   * Puts {@code count} records in between that no JSON event can be read from, of all kinds of
   * {@link Poison} in turn.
   */
  public Deliveries withPoison(int count) {
    expect(count >= 0, "withPoison: expected 0 or more, got " + count);
    return toBuilder().poison(count).build();
  }

  /**
   * Encodes events by {@code encoding} instead of as CloudEvents, such as {@code event ->
   * event.data().toByteArray()} for plain records. For {@link #file}, it must not give line ends.
   */
  public Deliveries encodedBy(Function<Event, byte[]> encoding) {
    return toBuilder().encoding(encoding).build();
  }

  /** The events in the order of delivery, repeats included, without poison. */
  public List<Event> events() {
    record Due(Event event, double at) {}
    Random random = new Random(seed());
    Set<Integer> repeated = chosen(random);
    long delay = maxDelay().toMillis();
    List<Due> due = new ArrayList<>();
    for (int i = 0; i < given().size(); i++) {
      Event event = given().get(i);
      double at = delay == 0 ? i : event.time().toEpochMilli() + random.nextDouble() * delay;
      due.add(new Due(event, at));
      if (repeated.contains(i)) {
        double left = event.time().toEpochMilli() + delay - at;
        due.add(new Due(event, delay == 0 ? i : at + random.nextDouble() * left));
      }
    }
    due.sort(Comparator.comparingDouble(Due::at));
    return due.stream().map(Due::event).toList();
  }

  /** The records in the order of delivery, poison included. */
  public List<byte[]> records() {
    List<byte[]> records = new ArrayList<>();
    events().forEach(event -> records.add(encoding().apply(event)));
    Random random = new Random(~seed());
    for (int i = 0; i < poison(); i++) {
      byte[] bytes = Poison.values()[i % Poison.values().length].bytes();
      records.add(random.nextInt(records.size() + 1), bytes);
    }
    return records;
  }

  /** The records as a file of lines. */
  public byte[] file() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (byte[] record : records()) {
      file.writeBytes(record);
      file.write('\n');
    }
    return file.toByteArray();
  }

  private Set<Integer> chosen(Random random) {
    long count = Math.round(repeats() * given().size());
    Set<Integer> chosen = new HashSet<>();
    while (chosen.size() < count) {
      chosen.add(random.nextInt(given().size()));
    }
    return chosen;
  }

  private static void expect(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder given(List<Event> events);

    abstract Builder seed(long seed);

    abstract Builder maxDelay(Duration maxDelay);

    abstract Builder repeats(double share);

    abstract Builder poison(int count);

    abstract Builder encoding(Function<Event, byte[]> encoding);

    abstract Deliveries build();
  }
}
