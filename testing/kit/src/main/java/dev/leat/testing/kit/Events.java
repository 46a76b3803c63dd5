package dev.leat.testing.kit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.value.AutoValue;
import dev.leat.event.Event;
import dev.leat.event.Json;
import dev.leat.event.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes event streams like those of a wiki: edits of pages by users, from several sources, for
 * several tenants. The same settings always give the same events.
 *
 * <pre>{@code
 * List<Event> edits =
 *     Events.seeded(42).tenants(3).sources(5).count(1000).spacing(Duration.ofSeconds(1)).build();
 * }</pre>
 *
 * <p>Events come in order of event time, the first at {@link #from}, with gaps that vary as those
 * of independent arrivals do. The first tenant has about half of them, the next half of the rest,
 * and so on; pages and users are skewed likewise. Each source counts its events: {@code sequence}
 * is 1, 2, 3, … and {@code id} is the source's name and that number. The payload is JSON, and
 * repeats the identity, as plain records do:
 *
 * <pre>{@code
 * {"id":"source-1-7","time":"2026-01-01T00:00:09.120Z","tenant":"tenant-0",
 *  "page":"Page 3","user":"user 12","delta":-40,"isRobot":false}
 * }</pre>
 */
@AutoValue
public abstract class Events {
  /** The type of every event. */
  public static final String TYPE = "page.edited";

  private static final int PAGES = 20;
  private static final int USERS = 50;

  abstract long seed();

  abstract int tenants();

  abstract int sources();

  abstract int count();

  abstract Instant from();

  abstract Duration spacing();

  abstract Builder toBuilder();

  /** Begins with 100 events of one tenant and source, a second apart, from the start of 2026. */
  public static Events seeded(long seed) {
    return new AutoValue_Events.Builder()
        .seed(seed)
        .tenants(1)
        .sources(1)
        .count(100)
        .from(Instant.parse("2026-01-01T00:00:00Z"))
        .spacing(Duration.ofSeconds(1))
        .build();
  }

  /** How many tenants there are, 1 or more: {@code tenant-0}, {@code tenant-1}, … */
  public Events tenants(int tenants) {
    expect(tenants >= 1, "tenants: expected 1 or more, got " + tenants);
    return toBuilder().tenants(tenants).build();
  }

  /** How many sources there are, 1 or more: {@code source-0}, {@code source-1}, … */
  public Events sources(int sources) {
    expect(sources >= 1, "sources: expected 1 or more, got " + sources);
    return toBuilder().sources(sources).build();
  }

  /** How many events to make, 0 or more. */
  public Events count(int count) {
    expect(count >= 0, "count: expected 0 or more, got " + count);
    return toBuilder().count(count).build();
  }

  /** The time of the first event, cut to milliseconds. */
  public Events from(Instant first) {
    return toBuilder().from(Instant.ofEpochMilli(first.toEpochMilli())).build();
  }

  /** The mean time from one event to the next; gaps are of whole milliseconds. */
  public Events spacing(Duration mean) {
    expect(!mean.isNegative(), "spacing: expected 0 or more, got " + mean.toMillis() + "ms");
    return toBuilder().spacing(mean).build();
  }

  /** Makes the events. */
  public List<Event> build() {
    Random random = new Random(seed());
    long[] sequences = new long[sources()];
    List<Event> events = new ArrayList<>(count());
    Instant time = from();
    for (int i = 0; i < count(); i++) {
      int source = random.nextInt(sources());
      String id = "source-" + source + "-" + ++sequences[source];
      String tenant = "tenant-" + skewed(tenants(), random);
      events.add(
          Event.builder()
              .id(id)
              .source("source-" + source)
              .type(TYPE)
              .time(time)
              .tenant(tenant)
              .sequence(sequences[source])
              .data(payload(id, time, tenant, random))
              .build());
      // Gaps between independent arrivals are exponential.
      double gap = -Math.log(1 - random.nextDouble()) * spacing().toMillis();
      time = time.plusMillis(Math.round(gap));
    }
    return events;
  }

  private static Payload payload(String id, Instant time, String tenant, Random random) {
    ObjectNode payload = Json.object();
    payload.put("id", id).put("time", time.toString()).put("tenant", tenant);
    payload.put("page", "Page " + skewed(PAGES, random));
    payload.put("user", "user " + skewed(USERS, random));
    payload.put("delta", Math.round(random.nextGaussian() * 200));
    payload.put("isRobot", random.nextInt(10) < 3);
    return Payload.takingOver(Json.write(payload));
  }

  /** 0 half the time, 1 half of the rest, and so on; what is left is spread evenly. */
  private static int skewed(int count, Random random) {
    int rank = 0;
    while (random.nextBoolean()) {
      rank++;
    }
    return rank < count ? rank : random.nextInt(count);
  }

  private static void expect(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder seed(long seed);

    abstract Builder tenants(int tenants);

    abstract Builder sources(int sources);

    abstract Builder count(int count);

    abstract Builder from(Instant first);

    abstract Builder spacing(Duration mean);

    abstract Events build();
  }
}
