package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.event;
import static dev.leat.io.lake.LakeFixture.file;
import static dev.leat.io.lake.LakeFixture.ingest;
import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import com.google.common.collect.ImmutableMap;
import dev.leat.aggregate.Aggregation;
import dev.leat.aggregate.Measure;
import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import dev.leat.event.Payload;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.ReadSize;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.prepare.EarlyReduction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.TableProperties;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public final class LakeSourceTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path warehouse;

  @Before
  public void nameWarehouse() {
    warehouse = folder.getRoot().toPath();
  }

  @Test
  public void readsOnlyFilesThatCanHaveEventsInTheRange() {
    for (String partition : List.of("date,hour,tenant", "month", "date", "hour", "tenant")) {
      String table = "raw." + partition.replace(',', '_');
      store(table + "?partition=" + partition, "run-1", hourly());

      LakeSource all = open(table, SourceRequest.defaults());
      LakeSource one = open(table, range("2015-09-12T13:00:00Z", "2015-09-12T14:00:00Z"));

      int files = partition.equals("date,hour,tenant") ? 48 : 0;
      if (files > 0) {
        assertThat(all.tasks(), hasSize(files));
        assertThat(one.tasks(), hasSize(1));
      }
      assertThat(partition, ids(one), contains("12T13"));
    }
  }

  @Test
  public void prunesByDateMonthAndHour() {
    store("raw.date?partition=date", "run-1", hourly());
    store("raw.hour?partition=date,hour", "run-1", hourly());
    store("raw.month?partition=month,tenant", "run-1", hourly());

    assertThat(
        open("raw.date", range("2015-09-13T00:00:00Z", "2015-09-14T00:00:00Z")).tasks(),
        hasSize(1));
    assertThat(
        open("raw.hour", range("2015-09-12T22:00:00Z", "2015-09-13T02:00:00Z")).tasks(),
        hasSize(4));
    assertThat(
        open("raw.month", range("2015-10-01T00:00:00Z", "2015-11-01T00:00:00Z")).tasks(), empty());
  }

  @Test
  public void theRangeIsHalfOpenToTheNanosecond() {
    store(
        "raw.events",
        "run-1",
        List.of(
            event("before", "2015-09-12T12:59:59.999999999Z", "en", "/in/a", 1),
            event("first", "2015-09-12T13:00:00.000000100Z", "en", "/in/a", 2),
            event("last", "2015-09-12T13:00:00.000000899Z", "en", "/in/a", 3),
            event("after", "2015-09-12T13:00:00.000000900Z", "en", "/in/a", 4)));

    LakeSource source =
        open(
            "raw.events",
            range("2015-09-12T13:00:00.000000100Z", "2015-09-12T13:00:00.000000900Z"));

    assertThat(ids(source), contains("first", "last"));
  }

  @Test
  public void severalRangesReadTheFilesOfTheirHoursOnly() {
    store("raw.events", "run-1", hourly());
    TimeRange first =
        TimeRange.of(Instant.parse("2015-09-12T03:00:00Z"), Instant.parse("2015-09-12T05:00:00Z"));
    TimeRange second =
        TimeRange.of(Instant.parse("2015-09-13T23:30:00Z"), Instant.parse("2015-09-14T07:00:00Z"));

    LakeSource source =
        open("raw.events", SourceRequest.defaults().withEventTime(TimeRanges.of(second, first)));

    assertThat(ids(source), contains("12T03", "12T04", "13T23"));
    assertThat(source.tasks(), hasSize(3));
    ReadSize size = source.size().orElseThrow();
    assertThat(size.files(), is(3L));
    assertThat(size.rows(), is(3L));
    assertThat(size.bytes(), is(source.tasks().stream().mapToLong(ReadTask::length).sum()));
    assertThat(source.version(), is(Optional.of(Long.toString(current("raw.events")))));
  }

  @Test
  public void everyRowIsReadOnceFromAFileOfSeveralPieces() {
    store("raw.events", "run-1", List.of());
    try (Warehouse.OpenTable table = Warehouse.openTable(LakeTable.parse(at("raw.events")))) {
      table
          .table()
          .updateProperties()
          .set(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, Integer.toString(64 << 10))
          .commit();
    }
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      events.add(
          event(String.format("%05d", i), "2015-09-12T13:00:00Z", "en", "/in/a", i).toBuilder()
              .data(Noise.payload(1000, i))
              .build());
    }
    store("raw.events", "run-2", events);

    LakeSource source = LakeSource.open(at("raw.events"), SourceRequest.defaults(), 128 << 10);

    assertThat(source.tasks().size() > 1, is(true));
    assertThat(source.tasks().stream().map(ReadTask::location).distinct().toList(), hasSize(1));
    assertThat(SourceFixture.read(source), is(events));
  }

  @Test
  public void whatWasIngestedAfterOpeningIsNotRead() {
    store("raw.events", "run-1", List.of(event("1", "2015-09-12T13:00:00Z", "en", "/in/a", 1)));
    LakeSource source = open("raw.events", SourceRequest.defaults());
    long first = current("raw.events");

    store("raw.events", "run-2", List.of(event("2", "2015-09-12T13:00:00Z", "en", "/in/b", 1)));
    try (Warehouse.OpenTable table = Warehouse.openTable(LakeTable.parse(at("raw.events")))) {
      table.table().manageSnapshots().createTag("begin", first).commit();
    }

    assertThat(ids(source), contains("1"));
    assertThat(ids(open("raw.events", SourceRequest.defaults())), contains("1", "2"));
    assertThat(ids(open("raw.events?snapshot=" + first, SourceRequest.defaults())), contains("1"));
    assertThat(ids(open("raw.events?snapshot=begin", SourceRequest.defaults())), contains("1"));
    UsageException refused =
        assertThrows(
            UsageException.class,
            () -> open("raw.events?snapshot=other", SourceRequest.defaults()));
    assertThat(refused.getMessage(), containsString("other"));
  }

  @Test
  public void readsOnlyTheColumnsAskedFor() {
    store("raw.events", "run-1", List.of(event("1", "2015-09-12T13:00:00Z", "en", "/in/a", 1)));

    Event event =
        SourceFixture.read(open("raw.events?columns=subject", SourceRequest.defaults())).get(0);

    assertThat(event.id(), is("1"));
    assertThat(event.tenant(), is("en"));
    assertThat(event.data().size(), is(0));
    assertThat(event.ingest(), is(nullValue()));
    assertThrows(
        UsageException.class,
        () -> open("raw.events?columns=subject,colour", SourceRequest.defaults()));
  }

  @Test
  public void reducesEventsUpToTheFirstThatMustStayWhole() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      events.add(
          event(String.format("%04d", i), "2015-09-12T13:00:00Z", "en", "/in/a", i).toBuilder()
              // A number with an exponent is left to the general way.
              .data(Payload.utf8("{\"n\":" + (i == 700 ? "1e2" : i) + "}"))
              .build());
    }
    events.add(event("other day", "2015-09-13T13:00:00Z", "en", "/in/a", 2000));
    store("raw.events", "run-1", events);
    EarlyReduction sums =
        EarlyReduction.of(
                Aggregation.of(ImmutableMap.of(), ImmutableMap.of("sum", Measure.sum("/n"))))
            .orElseThrow();

    List<EventBlock> blocks =
        SourceFixture.blocks(
            open("raw.events", range("2015-09-12T13:00:00Z", "2015-09-13T00:00:00Z")).read(sums));

    List<Event> whole = new ArrayList<>();
    Set<String> reduced = new TreeSet<>();
    for (EventBlock block : blocks) {
      EventBlock.Cursor cursor = block.cursor();
      while (cursor.hasNext()) {
        cursor.next();
        if (cursor.isWhole()) {
          whole.add(cursor.event());
        } else {
          reduced.add(Long.toHexString(cursor.hashHigh()) + Long.toHexString(cursor.hashLow()));
        }
      }
    }
    assertThat(whole, is(events.subList(700, 1000)));
    assertThat(reduced, is(hashesOf(events.subList(0, 700))));
  }

  private static Set<String> hashesOf(List<Event> events) {
    Set<String> hashes = new TreeSet<>();
    EventBlock.Cursor cursor = EventBlock.of(events).cursor();
    while (cursor.hasNext()) {
      cursor.next();
      hashes.add(Long.toHexString(cursor.hashHigh()) + Long.toHexString(cursor.hashLow()));
    }
    return hashes;
  }

  @Test
  public void aTableThatIsNotThereIsUnreachableAndStaysSo() {
    Connectors connectors = Connectors.load();

    assertThrows(
        UnreachableException.class,
        () -> connectors.source(at("none/raw.events"), SourceRequest.defaults()));

    assertThat(Files.exists(warehouse.resolve("none")), is(false));
    store("raw.events", "run-1", List.of());
    assertThat(ids(open("raw.events", SourceRequest.defaults())), empty());
    assertThrows(UnreachableException.class, () -> open("raw.others", SourceRequest.defaults()));
    assertThrows(
        UsageException.class, () -> open("raw.events_dead_letters", SourceRequest.defaults()));
  }

  /** One event an hour of two days. */
  private static List<Event> hourly() {
    List<Event> events = new ArrayList<>();
    for (int hour = 0; hour < 48; hour++) {
      String time = Instant.parse("2015-09-12T00:30:00Z").plusSeconds(hour * 3600L).toString();
      events.add(event(time.substring(8, 13), time, "en", "/in/a", hour));
    }
    return events;
  }

  private void store(String table, String runId, List<Event> events) {
    RawLake lake = RawLake.of(at(table));
    ingest(lake, runId, lake.plan(List.of(file("/in/" + runId))), events, List.of());
  }

  private LakeSource open(String table, SourceRequest request) {
    return LakeSource.open(at(table), request);
  }

  private ConnectorUri at(String rest) {
    return uri(warehouse, rest);
  }

  private long current(String table) {
    return LakeTables.history(at(table)).get(0).snapshotId();
  }

  private static SourceRequest range(String start, String end) {
    return SourceRequest.defaults()
        .withEventTime(TimeRange.of(Instant.parse(start), Instant.parse(end)));
  }

  private static List<String> ids(Source.OfEvents source) {
    return SourceFixture.read(source).stream().map(Event::id).toList();
  }
}
