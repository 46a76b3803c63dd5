package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dev.leat.event.Event;
import dev.leat.event.Payload;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.TimeRanges;
import dev.leat.window.WindowSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Over random histories of a raw table, appends of late events and rollbacks of either table, the
 * parts that are found to be recomputed, and the events that are said to be enough for them, leave
 * the table that all events make: with real tables, and a workflow of a few lines in the place of a
 * pipeline, so that there can be many histories.
 *
 * <p>{@code -Dleat.seeds=200} asks for more of them, {@code -Dleat.seed=…} for others.
 */
public final class RepairedTablesTest {
  private static final int SEEDS = Integer.getInteger("leat.seeds", 12);
  private static final long FIRST = Long.getLong("leat.seed", 1);
  private static final int STEPS = 6;
  private static final Instant START = Instant.parse("2026-01-28T00:00:00Z");
  private static final Schema ROWS =
      Schema.builder()
          .addDateTimeField("window_start")
          .addDateTimeField("window_end")
          .addStringField("key")
          .addStringField("ids")
          .build();

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Random random;
  private Path warehouse;
  private WindowSpec windows;
  private RowPartition partition;
  private List<RawPartition> rawPartitions;
  private int serial;
  private int parts;

  /** What raw has, by snapshot. */
  private final Map<Long, List<Event>> eventsOf = new HashMap<>();

  @Test
  public void partsThatAreFoundAndMadeAnewLeaveTheWholeTable() throws IOException {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      random = new Random(seed);
      warehouse = folder.newFolder("seed-" + seed).toPath();
      windows = windows();
      partition = random.nextInt(3) == 0 ? RowPartition.MONTH : RowPartition.DATE;
      rawPartitions =
          one(
              RawPartition.DEFAULT,
              List.of(RawPartition.DATE),
              List.of(RawPartition.MONTH),
              List.of(RawPartition.DATE, RawPartition.HOUR),
              List.<RawPartition>of());
      eventsOf.clear();
      holds("seed " + seed + ", " + windows + " by " + partition + ", raw by " + rawPartitions);
    }
    assertThat(parts, greaterThan(SEEDS));
  }

  private void holds(String seed) {
    append();
    makeAll();
    for (int step = 0; step < STEPS; step++) {
      String did = change();
      Optional<Increment> increment = repair();
      String place = seed + ", step " + step + ": " + did + " " + increment;
      assertThat(place, stored(), is(made(events(), null)));
      assertThat(place, lake().plan(bookmark(), Optional.of(windows)).isEmpty(), is(true));
    }
  }

  private String change() {
    switch (random.nextInt(8)) {
      case 0:
        append();
        rollBack("raw.events");
        return "raw rolled back";
      case 1:
        append();
        repair();
        rollBack("marts.rows");
        return "table rolled back";
      case 2:
        append();
        append();
        return "appended twice";
      default:
        append();
        return "appended";
    }
  }

  private void rollBack(String name) {
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(at(name)))) {
      Long parent = open.table().currentSnapshot().parentId();
      if (parent != null) {
        open.table().manageSnapshots().rollbackTo(parent).commit();
      }
    }
  }

  private Optional<Increment> repair() {
    Increment increment = lake().plan(bookmark(), Optional.of(windows));
    if (increment.isEmpty()) {
      return Optional.empty();
    }
    Increment.Part part = increment.recomputed().orElseThrow();
    parts++;
    List<Event> enough =
        events().stream().filter(event -> part.eventTimes().contains(event.time())).toList();
    store(made(enough, part.windowStarts()), part.windowStarts(), increment.properties());
    return Optional.of(increment);
  }

  private void makeAll() {
    store(made(events(), null), null, lake().propertiesOfWhole(head("raw.events")));
  }

  /** A few lines in the place of a workflow: rows as text, with the ids of all their events. */
  private TreeSet<String> made(List<Event> events, TimeRanges starts) {
    TreeMap<String, TreeSet<String>> rows = new TreeMap<>();
    if (windows.kind() == WindowSpec.Kind.SESSION) {
      for (String key : List.of("a", "b")) {
        List<Event> ofKey =
            events.stream()
                .filter(event -> event.tenant().equals(key))
                .sorted(java.util.Comparator.comparing(Event::time))
                .toList();
        for (int from = 0; from < ofKey.size(); ) {
          long start = millis(ofKey.get(from));
          long end = start + windows.size().toMillis();
          int to = from + 1;
          while (to < ofKey.size() && millis(ofKey.get(to)) < end) {
            end = millis(ofKey.get(to++)) + windows.size().toMillis();
          }
          for (Event event : ofKey.subList(from, to)) {
            rows.computeIfAbsent(start + " " + end + " " + key, unused -> new TreeSet<>())
                .add(event.id());
          }
          from = to;
        }
      }
    } else {
      for (Event event : events) {
        for (IntervalWindow window : windows.windowsOf(event.timestamp())) {
          rows.computeIfAbsent(
                  window.start().getMillis()
                      + " "
                      + window.end().getMillis()
                      + " "
                      + event.tenant(),
                  unused -> new TreeSet<>())
              .add(event.id());
        }
      }
    }
    TreeSet<String> texts = new TreeSet<>();
    rows.forEach(
        (row, ids) -> {
          Instant start = Instant.ofEpochMilli(Long.parseLong(row.substring(0, row.indexOf(' '))));
          if (starts == null || starts.contains(start)) {
            texts.add(row + " " + String.join(",", ids));
          }
        });
    return texts;
  }

  private TreeSet<String> stored() {
    TreeSet<String> texts = new TreeSet<>();
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(at("marts.rows")));
        CloseableIterable<Record> rows = IcebergGenerics.read(open.table()).build()) {
      for (Record row : rows) {
        boolean isNew =
            texts.add(
                millis(row.getField("window_start"))
                    + " "
                    + millis(row.getField("window_end"))
                    + " "
                    + row.getField("key")
                    + " "
                    + row.getField("ids"));
        assertThat("twice: " + row, isNew, is(true));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }

  private void store(TreeSet<String> texts, TimeRanges starts, Map<String, String> properties) {
    LakeTable name = LakeTable.parse(at("marts.rows"));
    DerivedRows derived = new DerivedRows(name, ROWS, partition);
    String run = "run-" + serial++;
    try (Warehouse open = Warehouse.open(name)) {
      Table table = derived.prepare(open);
      Map<Instant, List<Record>> byPartition = new TreeMap<>();
      for (String text : texts) {
        String[] values = text.split(" ");
        Row row =
            Row.withSchema(ROWS)
                .addValues(joda(values[0]), joda(values[1]), values[2], values[3])
                .build();
        byPartition
            .computeIfAbsent(
                partition.beginOf(Instant.ofEpochMilli(Long.parseLong(values[0]))),
                unused -> new ArrayList<>())
            .add(derived.record(table, row));
      }
      List<StagedFile> staged = new ArrayList<>();
      for (List<Record> records : byPartition.values()) {
        StagingWriter writer = new StagingWriter(table, StagingWriter.TARGET_BYTES, staged::add);
        records.forEach(writer::add);
        writer.finish();
      }
      try (Publication publication = Publication.of(table, run, staged)) {
        OverwriteFiles overwrite =
            table
                .newOverwrite()
                .overwriteByRowFilter(
                    starts == null ? Expressions.alwaysTrue() : Replacement.startingIn(starts));
        publication.dataFiles().forEach(overwrite::addFile);
        properties.forEach((key, value) -> overwrite.set(History.PREFIX + key, value));
        overwrite.set(History.RUN_ID, run);
        overwrite.commit();
        publication.settled();
      }
    }
  }

  /** Appends events in bursts, many of them late, at and about the edges of windows and days. */
  private void append() {
    LakeTable name = LakeTable.parse(at("raw.events"));
    RawEvents raw = new RawEvents(name, rawPartitions);
    String run = "take-" + serial++;
    try (Warehouse open = Warehouse.open(name)) {
      Table table = raw.prepare(open);
      List<Event> added = burst();
      List<Event> all =
          new ArrayList<>(
              table.currentSnapshot() == null
                  ? List.of()
                  : eventsOf.get(table.currentSnapshot().snapshotId()));
      all.addAll(added);
      Map<String, List<Event>> byPartition = new TreeMap<>();
      for (Event event : added) {
        String time = event.time().toString();
        String place = "";
        for (RawPartition each : rawPartitions) {
          place +=
              switch (each) {
                case MONTH -> time.substring(0, 7);
                case DATE -> time.substring(0, 10);
                case HOUR -> time.substring(10, 13);
                case TENANT -> event.tenant();
              };
        }
        byPartition.computeIfAbsent(place, unused -> new ArrayList<>()).add(event);
      }
      List<StagedFile> staged = new ArrayList<>();
      for (List<Event> events : byPartition.values()) {
        ElementWriter<RawBlock> writer = raw.writer(table, staged::add, RowSelection.ALL);
        writer.add(LakeFixture.rawBlock(events));
        writer.finish();
      }
      try (Publication publication = Publication.of(table, run, staged)) {
        AppendFiles append = table.newAppend();
        publication.dataFiles().forEach(append::appendFile);
        append.set(History.RUN_ID, run);
        append.commit();
        publication.settled();
      }
      eventsOf.put(table.currentSnapshot().snapshotId(), all);
    }
  }

  private List<Event> burst() {
    List<Event> events = new ArrayList<>();
    for (int burst = 1 + random.nextInt(3); burst > 0; burst--) {
      long middle =
          random.nextInt(3) == 0
              ? Duration.ofDays(1 + random.nextInt(7)).toMillis()
              : (long) (random.nextDouble() * Duration.ofDays(8).toMillis());
      long spread = Duration.ofMinutes(1L << random.nextInt(12)).toMillis();
      for (int event = 1 + random.nextInt(15); event > 0; event--) {
        long offset = middle + (long) (random.nextGaussian() * spread);
        if (random.nextInt(3) == 0) {
          offset = Math.round(offset / 300_000.0) * 300_000;
        }
        events.add(
            Event.builder()
                .id("e" + serial++)
                .source("test")
                .type("t")
                .time(START.plusMillis(offset).plusNanos(random.nextInt(3) * 333_333))
                .tenant(one("a", "b"))
                .data(Payload.utf8("{}"))
                .build());
      }
    }
    return events;
  }

  private WindowSpec windows() {
    return switch (random.nextInt(3)) {
      case 0 ->
          WindowSpec.fixed(one(minutes(60), minutes(7), minutes(36 * 60), minutes(24 * 60)))
              .withOffset(minutes(random.nextInt(7)));
      case 1 ->
          one(
              WindowSpec.sliding(minutes(15), minutes(5)),
              WindowSpec.sliding(minutes(90), minutes(20)).withOffset(minutes(random.nextInt(20))),
              WindowSpec.sliding(minutes(26 * 60), minutes(60)),
              WindowSpec.sliding(minutes(3 * 24 * 60), minutes(36 * 60)));
      default ->
          WindowSpec.session(
              one(minutes(1), minutes(10), minutes(120), minutes(13 * 60), minutes(30 * 60)));
    };
  }

  private static Duration minutes(int count) {
    return Duration.ofMinutes(count);
  }

  @SafeVarargs
  private final <T> T one(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private List<Event> events() {
    return eventsOf.get(head("raw.events"));
  }

  private DerivedLake lake() {
    return DerivedLake.of(at("raw.events"), at("marts.rows"));
  }

  private SourceBookmark bookmark() {
    return lake().bookmark().orElseThrow();
  }

  private long head(String table) {
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(at(table)))) {
      return open.table().currentSnapshot().snapshotId();
    }
  }

  private static long millis(Event event) {
    return event.timestamp().getMillis();
  }

  private static long millis(Object time) {
    return ((java.time.OffsetDateTime) time).toInstant().toEpochMilli();
  }

  private static org.joda.time.Instant joda(String millis) {
    return org.joda.time.Instant.ofEpochMilli(Long.parseLong(millis));
  }

  private ConnectorUri at(String rest) {
    return uri(warehouse, rest);
  }
}
