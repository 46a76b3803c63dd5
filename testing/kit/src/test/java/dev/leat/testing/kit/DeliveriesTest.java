package dev.leat.testing.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import dev.leat.event.CloudEventsJson;
import dev.leat.event.Event;
import dev.leat.event.MalformedPayloadException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;

public class DeliveriesTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final List<Event> EVENTS =
      Events.seeded(3).tenants(2).sources(2).count(400).spacing(Duration.ofSeconds(5)).build();

  @Test
  public void deliversEachEventOnceInOrderByDefault() {
    assertThat(Deliveries.of(EVENTS).events(), equalTo(EVENTS));
  }

  @Test
  public void keepsWithinDelayAndReachesMostOfIt() {
    List<Event> delivered = Deliveries.of(EVENTS).outOfOrder(MINUTE).withRepeats(0.5).events();

    long newest = Long.MIN_VALUE;
    long furthestBehind = 0;
    for (Event event : delivered) {
      newest = Math.max(newest, event.time().toEpochMilli());
      furthestBehind = Math.max(furthestBehind, newest - event.time().toEpochMilli());
    }
    assertThat(furthestBehind, lessThanOrEqualTo(60_000L));
    assertThat(furthestBehind, greaterThan(40_000L));
    assertThat(new HashSet<>(delivered), equalTo(new HashSet<>(EVENTS)));
  }

  @Test
  public void repeatsExactShare() {
    List<Event> delivered = Deliveries.of(EVENTS).outOfOrder(MINUTE).withRepeats(0.05).events();

    assertThat(delivered.size(), equalTo(420));
    Set<Event> repeated = new HashSet<>();
    delivered.stream()
        .filter(event -> Collections.frequency(delivered, event) == 2)
        .forEach(repeated::add);
    assertThat(repeated.size(), equalTo(20));
  }

  @Test
  public void repeatsDirectlyAfterInOrder() {
    List<Event> twoEach = new ArrayList<>();
    EVENTS.forEach(event -> twoEach.addAll(List.of(event, event)));

    assertThat(Deliveries.of(EVENTS).withRepeats(1).events(), equalTo(twoEach));
  }

  @Test
  public void givesEventsAsCloudEvents() {
    List<Event> read = Deliveries.of(EVENTS).records().stream().map(CloudEventsJson::read).toList();

    assertThat(read, equalTo(EVENTS));
  }

  @Test
  public void givesEventsAsEncoded() {
    List<byte[]> records =
        Deliveries.of(EVENTS.subList(0, 1)).encodedBy(e -> e.data().toByteArray()).records();

    assertThat(records.size(), equalTo(1));
    assertThat(new String(records.get(0), ISO_8859_1), equalTo(EVENTS.get(0).data().toUtf8()));
  }

  @Test
  public void putsPoisonInBetween() {
    Deliveries deliveries = Deliveries.of(EVENTS).withPoison(9);

    List<Event> good = new ArrayList<>();
    int bad = 0;
    for (byte[] record : deliveries.records()) {
      try {
        good.add(CloudEventsJson.read(record));
      } catch (MalformedPayloadException e) {
        bad++;
      }
    }

    assertThat(good, equalTo(EVENTS));
    assertThat(bad, equalTo(9));
  }

  @Test
  public void makesEveryPoisonUnreadableAndOneLine() {
    for (Poison poison : Poison.values()) {
      assertThrows(
          poison.name(),
          MalformedPayloadException.class,
          () -> CloudEventsJson.read(poison.bytes()));
      assertThat(new String(poison.bytes(), ISO_8859_1).lines().count(), equalTo(1L));
    }
  }

  @Test
  public void endsEachRecordOfFileWithALineEnd() {
    Deliveries deliveries = Deliveries.of(EVENTS).withPoison(7).withRepeats(0.1);

    String file = new String(deliveries.file(), ISO_8859_1);

    assertThat(file.endsWith("\n"), equalTo(true));
    assertThat(
        file.lines().toList(),
        equalTo(
            deliveries.records().stream().map(bytes -> new String(bytes, ISO_8859_1)).toList()));
  }

  @Test
  public void givesSameDeliveriesForSameSeedOnly() {
    Deliveries deliveries =
        Deliveries.of(EVENTS).outOfOrder(MINUTE).withRepeats(0.1).withPoison(5).seeded(9);

    assertThat(deliveries.file(), equalTo(deliveries.file()));
    assertThat(deliveries.seeded(10).file(), not(equalTo(deliveries.file())));
  }

  @Test
  public void deliversNothingButPoisonOfNoEvents() {
    assertThat(Deliveries.of(List.of()).withRepeats(1).events(), equalTo(List.of()));
    assertThat(Deliveries.of(List.of()).withPoison(2).records().size(), equalTo(2));
  }

  @Test
  public void refusesSettingsOutOfRange() {
    Deliveries deliveries = Deliveries.of(EVENTS);

    assertThat(
        refusal(() -> deliveries.outOfOrder(Duration.ZERO)),
        equalTo("outOfOrder: expected a time above 0, got 0ms"));
    assertThat(
        refusal(() -> deliveries.withRepeats(-0.5)),
        equalTo("withRepeats: expected 0 to 1, got -0.5"));
    assertThat(
        refusal(() -> deliveries.withPoison(-1)),
        equalTo("withPoison: expected 0 or more, got -1"));
  }

  private static String refusal(ThrowingRunnable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
