package dev.leat.io.lake;

import static dev.leat.io.lake.LiveRowsFixture.APPENDED;
import static dev.leat.io.lake.LiveRowsFixture.COUNTS;
import static dev.leat.io.lake.LiveRowsFixture.REPLACED;
import static dev.leat.io.lake.LiveRowsFixture.SESSIONS;
import static dev.leat.io.lake.LiveRowsFixture.commit;
import static dev.leat.io.lake.LiveRowsFixture.counts;
import static dev.leat.io.lake.LiveRowsFixture.hour;
import static dev.leat.io.lake.LiveRowsFixture.live;
import static dev.leat.io.lake.LiveRowsFixture.minute;
import static dev.leat.io.lake.LiveRowsFixture.span;
import static dev.leat.io.lake.LiveRowsFixture.spans;
import static dev.leat.io.lake.LiveRowsFixture.target;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.LiveRows;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What a table holds after commits of live rows, whatever comes how often and in which order. */
public final class LiveRowsTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private ConnectorUri table;

  @Before
  public void nameTable() {
    table = LakeFixture.uri(folder.getRoot().toPath(), "marts.counts");
  }

  @After
  public void noFaults() {
    FaultPoint.onReached(reached -> {});
  }

  @Test
  public void aRowReplacesTheOneWithItsKeyUnlessThatHasAHigherRevision() {
    RowTarget target = target(table, REPLACED);

    commit(target, hour(13, "a", 5), hour(13, "b", 1), hour(14, "a", 2));
    commit(target, hour(13, "a", 4), hour(13, "b", 2), hour(30, "c", 1));

    assertThat(
        counts(table),
        contains(
            "2015-09-12T13:00Z a 5",
            "2015-09-12T13:00Z b 2",
            "2015-09-12T14:00Z a 2",
            "2015-09-13T06:00Z c 1"));
    TableVersion version = LakeTables.history(table).get(0);
    assertThat(version.runId(), is(Optional.of("run")));
    assertThat(version.workflow(), is(Optional.of("counts")));
  }

  @Test
  public void whatChangesNothingIsNotCommitted() {
    RowTarget target = target(table, REPLACED);
    commit(target, hour(13, "a", 5), hour(14, "a", 2));

    commit(target, hour(14, "a", 1), hour(13, "a", 5));

    assertThat(LakeTables.history(table), hasSize(1));
  }

  @Test
  public void nullIsAValueOfAKey() {
    RowTarget target = target(table, REPLACED);

    commit(target, hour(13, null, 1), hour(13, "null", 1));
    commit(target, hour(13, null, 3));

    assertThat(counts(table), contains("2015-09-12T13:00Z null 1", "2015-09-12T13:00Z null 3"));
  }

  @Test
  public void anyOrderAndAnyRepeatsEndWithTheHighestRevisions() {
    for (int seed = 0; seed < 2; seed++) {
      Random random = new Random(seed);
      ConnectorUri seeded = LakeFixture.uri(folder.getRoot().toPath(), "marts.seed" + seed);
      RowTarget target = target(seeded, REPLACED);
      List<Row> rows = new ArrayList<>();
      TreeMap<String, Long> highest = new TreeMap<>();
      for (int i = 0; i < 400; i++) {
        int hour = random.nextInt(60);
        @Nullable String page = random.nextInt(8) == 0 ? null : "p" + random.nextInt(4);
        Row row = hour(hour, page, 1 + random.nextInt(50));
        rows.add(row);
        highest.merge(
            minute(60 * hour).toString().replace(":00.000Z", "Z") + " " + page,
            row.getInt64("edits"),
            Math::max);
      }

      for (int i = 0; i < 12; i++) {
        Collections.shuffle(rows, random);
        commit(target, rows.subList(0, 1 + random.nextInt(80)));
      }
      Collections.shuffle(rows, random);
      commit(target, rows.subList(0, 200));
      commit(target, rows.subList(200, 400));

      List<String> expected = new ArrayList<>();
      highest.forEach((key, edits) -> expected.add(key + " " + edits));
      expected.sort(null);
      assertThat("seed " + seed, counts(seeded), is(expected));
    }
  }

  @Test
  public void aSessionReplacesThoseThatItSpans() {
    RowTarget target = target(table, SESSIONS);

    commit(target, span(600, 620, "a", 3), span(625, 640, "a", 2), span(625, 640, "b", 7));
    commit(target, span(600, 640, "a", 6));
    // Redelivered: one that was swallowed, one that grew.
    commit(target, span(625, 640, "a", 2), span(600, 620, "a", 3));

    assertThat(
        spans(table),
        contains(
            "2015-09-12T10:00Z-2015-09-12T10:40Z a 6", "2015-09-12T10:25Z-2015-09-12T10:40Z b 7"));
  }

  @Test
  public void aSessionThatGrowsBackOverMidnightLeavesNothingBehind() {
    RowTarget target = target(table, SESSIONS);

    commit(target, span(1445, 1460, "a", 2));
    commit(target, span(1430, 1460, "a", 3));
    commit(target, span(1445, 1460, "a", 2));

    assertThat(spans(table), contains("2015-09-12T23:50Z-2015-09-13T00:20Z a 3"));
    assertThat(LakeTables.dataFiles(table), hasSize(1));
  }

  @Test
  public void sessionsThatMerelyOverlapAreTwo() {
    RowTarget target = target(table, SESSIONS);

    commit(target, span(610, 630, "a", 1));
    commit(target, span(600, 620, "a", 5));

    assertThat(
        spans(table),
        contains(
            "2015-09-12T10:00Z-2015-09-12T10:20Z a 5", "2015-09-12T10:10Z-2015-09-12T10:30Z a 1"));
  }

  @Test
  public void sessionsInAnyOrderEndAsTheyAreAtLast() {
    int gap = 10;
    for (int seed = 0; seed < 2; seed++) {
      Random random = new Random(seed);
      ConnectorUri seeded = LakeFixture.uri(folder.getRoot().toPath(), "marts.seed" + seed);
      RowTarget target = target(seeded, SESSIONS);
      List<Row> panes = new ArrayList<>();
      List<String> last = new ArrayList<>();
      for (String page : List.of("a", "b", "c")) {
        List<int[]> sessions = new ArrayList<>();
        for (int event = 0; event < 60; event++) {
          int time = 1300 + random.nextInt(600);
          int[] merged = {time, time + gap, 1};
          for (int[] session : List.copyOf(sessions)) {
            if (session[0] < merged[1] && merged[0] < session[1]) {
              merged[0] = Math.min(merged[0], session[0]);
              merged[1] = Math.max(merged[1], session[1]);
              merged[2] += session[2];
              sessions.remove(session);
            }
          }
          sessions.add(merged);
          panes.add(span(merged[0], merged[1], page, merged[2]));
        }
        for (int[] session : sessions) {
          last.add(text(session[0]) + "-" + text(session[1]) + " " + page + " " + session[2]);
        }
      }

      for (int i = 0; i < 8; i++) {
        Collections.shuffle(panes, random);
        commit(target, panes.subList(0, 1 + random.nextInt(60)));
      }
      Collections.shuffle(panes, random);
      commit(target, panes.subList(0, 90));
      commit(target, panes.subList(90, 180));

      last.sort(null);
      assertThat("seed " + seed, spans(seeded), is(last));
    }
  }

  @Test
  public void anAppendedRowIsAddedOnceHoweverBatchesAreCut() {
    RowTarget target = target(table, APPENDED);

    commit(target, hour(13, "a", 1), hour(13, "b", 2), hour(40, null, 3));
    commit(target, hour(13, "b", 9), hour(13, "c", 4));
    commit(target, hour(40, null, 9), hour(13, "c", 9), hour(13, "a", 9));

    assertThat(
        counts(table),
        contains(
            "2015-09-12T13:00Z a 1",
            "2015-09-12T13:00Z b 2",
            "2015-09-12T13:00Z c 4",
            "2015-09-13T16:00Z null 3"));
    assertThat(LakeTables.history(table), hasSize(2));
    assertThat(LakeTables.dataFiles(table), hasSize(2));
  }

  @Test
  public void aRowForAllTimeIsTheOnlyOne() {
    Schema total = Schema.builder().addInt64Field("edits").build();
    RowTarget target = target(table, total, LiveRows.replacedBy(List.of()), "v1");

    commit(target, live(total, 5L, 5L));
    commit(target, live(total, 7L, 7L), live(total, 6L, 6L));
    commit(target, live(total, 5L, 5L));

    assertThat(LakeRows.read(table), is(List.of(Map.of("edits", 7L))));
  }

  @Test
  public void everyTypeSurvivesTheCopyOfItsFile() {
    Schema schema =
        Schema.builder()
            .addStringField("text")
            .addInt64Field("big")
            .addInt32Field("small")
            .addInt16Field("smaller")
            .addDoubleField("real")
            .addFloatField("single")
            .addBooleanField("flag")
            .addDecimalField("exact")
            .addDateTimeField("at")
            .addByteArrayField("bytes")
            .addNullableField("absent", FieldType.STRING)
            .addArrayField("decimals", FieldType.DECIMAL)
            .addArrayField("times", FieldType.DATETIME.withNullable(true))
            .build();
    List<String> all = schema.getFieldNames();
    RowTarget target = target(table, schema, LiveRows.replacedBy(all), "v1");
    Object[] values = {
      "é\uD83D\uDE00",
      Long.MIN_VALUE,
      -7,
      (short) 3,
      0.1,
      Float.NaN,
      true,
      new BigDecimal("12345678901234567890123456789.1234567885"),
      minute(1),
      new byte[] {1, 2},
      null,
      List.of(new BigDecimal("1.5")),
      Collections.singletonList(null),
      1L
    };
    Object[] other = values.clone();
    other[0] = "other";

    commit(target, live(schema, values));
    Map<String, @Nullable Object> written = LakeRows.read(table).get(0);
    commit(target, live(schema, other));
    commit(target, live(schema, values));

    List<Map<String, @Nullable Object>> copied = LakeRows.read(table);
    assertThat(LakeTables.history(table), hasSize(2));
    assertThat(LakeTables.dataFiles(table), hasSize(1));
    assertThat(copied, hasSize(2));
    assertThat(copied, hasItem(written));
    assertThat(written.get("exact"), is(new BigDecimal("12345678901234567890123456789.123456788")));
    assertThat(written.get("bytes"), is(ByteBuffer.wrap(new byte[] {1, 2})));
  }

  @Test
  public void onlyFilesWhoseRangeIsTouchedAreWrittenAnew() {
    RowTarget target = target(table, REPLACED);
    List<Row> day = new ArrayList<>();
    for (int hour = 0; hour < 16; hour++) {
      for (int page = 0; page < 7000; page++) {
        day.add(hour(hour, "p" + page, 1));
      }
    }
    commit(target, day);
    Set<String> before = new HashSet<>(LakeTables.dataFiles(table));
    assertThat(before, hasSize(3));

    // The sixth hour is in two of the files.
    commit(target, hour(5, "p0", 2), hour(40, "new", 1));

    Set<String> after = new HashSet<>(LakeTables.dataFiles(table));
    Set<String> kept = new HashSet<>(after);
    kept.retainAll(before);
    assertThat(kept, hasSize(2));
    assertThat(after, hasSize(4));
    assertThat(LakeTables.history(table).get(0).rows(), is(112_001L));

    // A full file is cut when rows are added.
    commit(target, hour(0, "another", 1));
    assertThat(LakeTables.dataFiles(table).size(), lessThanOrEqualTo(5));
    assertThat(LakeTables.history(table).get(0).rows(), is(112_002L));
  }

  @Test
  public void rowsOfAnotherVersionOfTheWorkflowAreReplacedWhateverTheirRevision() {
    commit(target(table, COUNTS, REPLACED, "v1"), hour(13, "a", 5), hour(13, "b", 5));

    RowTarget changed = target(table, COUNTS, REPLACED, "v2");
    commit(changed, hour(13, "a", 2));
    commit(changed, hour(13, "a", 1));

    assertThat(counts(table), contains("2015-09-12T13:00Z a 2", "2015-09-12T13:00Z b 5"));
  }

  @Test
  public void aRunThatDiesAtAnyPointAndIsTriedAgainEndsRight() {
    for (LiveRows live : List.of(REPLACED, SESSIONS, APPENDED)) {
      for (FaultPoint point :
          List.of(
              FaultPoint.LIVE_ROWS_WRITTEN,
              FaultPoint.LIVE_ROWS_PUBLISHED,
              FaultPoint.LIVE_ROWS_COMMITTED)) {
        ConnectorUri at =
            LakeFixture.uri(folder.getRoot().toPath(), live.kind() + "." + point.name());
        RowTarget target = target(at, live);
        commit(target, hour(13, "a", 1));
        FaultPoint.onReached(
            reached -> {
              if (reached == point) {
                throw new AssertionError("dies at " + point);
              }
            });
        assertThrows(
            AssertionError.class, () -> commit(target, hour(13, "b", 2), hour(40, "b", 3)));
        noFaults();
        List<String> whole =
            List.of("2015-09-12T13:00Z a 1", "2015-09-12T13:00Z b 2", "2015-09-13T16:00Z b 3");
        assertThat(
            counts(at), is(point == FaultPoint.LIVE_ROWS_COMMITTED ? whole : whole.subList(0, 1)));

        // Cut otherwise.
        commit(target, hour(40, "b", 3));
        commit(target, hour(13, "b", 2), hour(13, "a", 1));

        assertThat(live + " " + point, counts(at), is(whole));
        assertThat(LakeFixture.filesUnder(folder.getRoot().toPath(), ".publication"), is(empty()));
      }
    }
  }

  private static String text(int minute) {
    return minute(minute).toString().replace(":00.000Z", "Z");
  }
}
