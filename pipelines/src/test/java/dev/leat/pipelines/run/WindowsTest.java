package dev.leat.pipelines.run;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Windows of a run against the same in SQL, from files in several orders: which file a record is
 * in, and where, must not show.
 */
public class WindowsTest {
  private static final long[] ORDERS = {1, 2, 3};

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;
  private List<String> lines;
  private String distinct;

  @Before
  public void writeRecords() throws IOException {
    root = folder.getRoot().toPath();
    lines = Sample.lines(1200, 11);
    Files.write(root.resolve("distinct.jsonl"), lines);
    distinct =
        "read_json('%s/distinct.jsonl', format='newline_delimited', %s)"
            .formatted(root, Sample.COLUMNS);
  }

  @Test
  public void slidingWindowsHoldEachEventAsOftenAsTheyOverlap() throws IOException {
    List<Map<String, String>> expected =
        Rows.ofDuckDb(
            """
            SELECT w.s window_start, w.s + INTERVAL 15 minute window_end, tenant,
              count(*) n, sum(x) total
            FROM %s e, (SELECT unnest(generate_series(TIMESTAMP '2025-12-31 23:00:00',
              TIMESTAMP '2026-01-01 07:00:00', INTERVAL 5 minute)) s) w
            WHERE e.time >= w.s AND e.time < w.s + INTERVAL 15 minute GROUP BY ALL
            """
                .formatted(distinct));

    assertThat(expected.size(), greaterThan(200));
    runsInEveryOrderGive("{sliding: 15m, every: 5m}", expected);
  }

  @Test
  public void sessionsEndAfterTheGapForEachGroup() throws IOException {
    List<Map<String, String>> expected =
        Rows.ofDuckDb(
            """
            WITH g AS (SELECT *, CASE WHEN time - lag(time) OVER (PARTITION BY tenant ORDER BY time)
                < INTERVAL 60 second THEN 0 ELSE 1 END starts FROM %s),
              s AS (SELECT *, sum(starts) OVER (PARTITION BY tenant ORDER BY time
                ROWS UNBOUNDED PRECEDING) session FROM g)
            SELECT min(time) window_start, max(time) + INTERVAL 60 second window_end, tenant,
              count(*) n, sum(x) total
            FROM s GROUP BY tenant, session
            """
                .formatted(distinct));

    assertThat(expected.size(), greaterThan(100));
    runsInEveryOrderGive("{session: 60s}", expected);
  }

  @Test
  public void aSessionEndsWhereTheNextEventIsAWholeGapAway() throws IOException {
    Path events =
        Files.writeString(
            root.resolve("edge.jsonl"),
            """
            {"id":"1","time":"2026-01-01T00:00:00Z","tenant":"a","x":1}
            {"id":"2","time":"2026-01-01T00:00:59.999Z","tenant":"a","x":1}
            {"id":"3","time":"2026-01-01T00:01:59.999Z","tenant":"a","x":1}
            """);

    run("{session: 60s}", events.toString(), "edge");

    assertThat(
        Rows.ofFolder(root.resolve("edge")),
        equalTo(
            Rows.ofLines(
                List.of(
                    "{\"window_start\":\"2026-01-01T00:00:00Z\",\"window_end\":\"2026-01-01T00:01:59.999Z\",\"tenant\":\"a\",\"n\":2,\"total\":2}",
                    "{\"window_start\":\"2026-01-01T00:01:59.999Z\",\"window_end\":\"2026-01-01T00:02:59.999Z\",\"tenant\":\"a\",\"n\":1,\"total\":1}"))));
  }

  @Test
  public void fixedWindowsBeginAtMultiplesOfTheirLength() throws IOException {
    runsInEveryOrderGive(
        "{fixed: 7m}",
        Rows.ofDuckDb(
            """
            SELECT time_bucket(INTERVAL 7 minute, time, TIMESTAMP '1970-01-01') window_start,
              time_bucket(INTERVAL 7 minute, time, TIMESTAMP '1970-01-01') + INTERVAL 7 minute
                window_end,
              tenant, count(*) n, sum(x) total
            FROM %s GROUP BY ALL
            """
                .formatted(distinct)));
  }

  @Test
  public void withoutWindowsThereIsOneRowAGroup() throws IOException {
    runsInEveryOrderGive(
        "",
        Rows.ofDuckDb(
            "SELECT tenant, count(*) n, sum(x) total FROM %s GROUP BY ALL".formatted(distinct)));
  }

  private void runsInEveryOrderGive(String window, List<Map<String, String>> expected)
      throws IOException {
    for (long order : ORDERS) {
      Sample.deliver(lines, root.resolve("drop-" + order), (int) order, order);

      run(window, root + "/drop-" + order + "/*.jsonl", "out-" + order);

      assertThat("order " + order, Rows.ofFolder(root.resolve("out-" + order)), equalTo(expected));
    }
  }

  private void run(String window, String source, String out) throws IOException {
    Path workflow =
        Files.writeString(
            root.resolve("windows.yaml"),
            "name: windows\n"
                + Sample.EVENTS
                + "deduplicate: {horizon: 1d}\n"
                + (window.isEmpty() ? "" : "window: " + window + "\n")
                + "aggregate: {by: [tenant], measures: {n: count, total: sum(/x)}}\n");
    Ran ran = leat("run", workflow, "--source=" + source, "--sink=jsonl:" + root + "/" + out);
    assertThat(ran.err(), ran.code(), is(0));
  }
}
