package dev.leat.testing.kit;

import static dev.leat.testing.kit.EventMatchers.hasField;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import dev.leat.event.Event;
import dev.leat.event.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.Test;

public class EventsTest {
  private static final Instant NOON = Instant.parse("2015-09-12T12:00:00Z");
  private static final Events MANY =
      Events.seeded(42).tenants(3).sources(5).count(2000).from(NOON).spacing(Duration.ofSeconds(2));

  @Test
  public void givesSameEventsForSameSeedOnly() {
    assertThat(MANY.build(), equalTo(MANY.build()));
    assertThat(Events.seeded(1).build(), not(equalTo(Events.seeded(2).build())));
  }

  @Test
  public void givesEachEventAnIdentityOfItsOwn() {
    List<Event> events = MANY.build();

    Set<String> identities = new HashSet<>();
    events.forEach(event -> identities.add(event.source() + " " + event.id()));

    assertThat(events.size(), equalTo(2000));
    assertThat(identities.size(), equalTo(2000));
  }

  @Test
  public void countsEventsOfEachSource() {
    Map<String, List<Long>> sequences =
        MANY.build().stream()
            .collect(
                Collectors.groupingBy(
                    Event::source, Collectors.mapping(Event::sequence, Collectors.toList())));

    assertThat(
        sequences.keySet(),
        containsInAnyOrder("source-0", "source-1", "source-2", "source-3", "source-4"));
    sequences
        .values()
        .forEach(
            numbers ->
                assertThat(
                    numbers, equalTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList())));
  }

  @Test
  public void givesFirstTenantTheMost() {
    Map<String, Long> counts =
        MANY.build().stream().collect(Collectors.groupingBy(Event::tenant, Collectors.counting()));

    assertThat(counts.keySet(), containsInAnyOrder("tenant-0", "tenant-1", "tenant-2"));
    assertThat(counts.get("tenant-0"), greaterThan(counts.get("tenant-1")));
    assertThat(counts.get("tenant-1"), greaterThan(counts.get("tenant-2")));
  }

  @Test
  public void spacesEventsInOrderFromFirst() {
    List<Instant> times = MANY.build().stream().map(Event::time).toList();

    assertThat(times, equalTo(times.stream().sorted().toList()));
    assertThat(times.get(0), equalTo(NOON));
    double meanMillis = Duration.between(NOON, times.get(1999)).toMillis() / 1999.0;
    assertThat(meanMillis, closeTo(2000, 200));
  }

  @Test
  public void repeatsIdentityInJsonPayload() {
    for (Event event : MANY.build()) {
      assertThat(
          event,
          allOf(
              hasField("/id", event.id()),
              hasField("/time", event.time().toString()),
              hasField("/tenant", event.tenant())));
    }
    assertThat(
        MANY.build().stream()
            .map(event -> Json.parse(event.data().toByteArray()))
            .filter(
                payload ->
                    !payload.path("page").isTextual()
                        || !payload.path("user").isTextual()
                        || !payload.path("delta").isIntegralNumber()
                        || !payload.path("isRobot").isBoolean())
            .toList(),
        empty());
  }

  @Test
  public void makesNoEvents() {
    assertThat(Events.seeded(1).count(0).build(), empty());
  }

  @Test
  public void refusesSettingsOutOfRange() {
    assertThat(refusal(() -> MANY.tenants(0)), equalTo("tenants: expected 1 or more, got 0"));
    assertThat(refusal(() -> MANY.sources(0)), equalTo("sources: expected 1 or more, got 0"));
    assertThat(refusal(() -> MANY.count(-1)), equalTo("count: expected 0 or more, got -1"));
    assertThat(
        refusal(() -> MANY.spacing(Duration.ofMillis(-5))),
        equalTo("spacing: expected 0 or more, got -5ms"));
  }

  private static String refusal(org.junit.function.ThrowingRunnable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
