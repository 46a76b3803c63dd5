package dev.leat.pipelines.run;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Measures of a run against DuckDB's of the same records. */
public class MeasuresTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void measuresAreWhatDuckDbComputes() throws Exception {
    Path root = folder.getRoot().toPath();
    List<String> lines = Sample.lines(3000, 7);
    Path distinct = Files.write(root.resolve("distinct.jsonl"), lines);
    Sample.deliver(lines, root.resolve("drop"), 3, 7);
    Path workflow =
        Files.writeString(
            root.resolve("measures.yaml"),
            "name: measures\n"
                + Sample.EVENTS
                + """
                deduplicate: {horizon: 1d}
                window: {fixed: 1h}
                aggregate:
                  by: [tenant]
                  measures:
                    n: count
                    nx: count(/x)
                    total: sum(/x)
                    low: min(/x)
                    high: max(/x)
                    mean: avg(/x)
                    users: distinct(/user)
                    about: approx_distinct(/user)
                    p05: quantile(/x, 0.05)
                    p50: quantile(/x, 0.5)
                    p95: quantile(/x, 0.95)
                    most: top(/x, 3)
                    earliest: first(/user)
                    latest: last(/user)
                """);

    Ran ran =
        leat(
            "run",
            workflow,
            "--source=" + root + "/drop/*.jsonl",
            "--sink=jsonl:" + root + "/out",
            "--output=json");

    assertThat(ran.err(), ran.code(), is(0));
    List<Map<String, String>> rows = Rows.ofFolder(root.resolve("out"));
    List<Map<String, String>> expected =
        Rows.ofDuckDb(
            """
            SELECT time_bucket(INTERVAL 1 hour, time) window_start,
              time_bucket(INTERVAL 1 hour, time) + INTERVAL 1 hour window_end,
              tenant, count(*) n, count(x) nx, sum(x) total, min(x) low, max(x) high,
              count(DISTINCT "user") users, count(DISTINCT "user") about,
              list(x ORDER BY x DESC) FILTER (x IS NOT NULL) [1:3] most,
              arg_min("user", (time, id)) FILTER ("user" IS NOT NULL) earliest,
              arg_max("user", (time, id)) FILTER ("user" IS NOT NULL) latest,
              quantile_disc(x, 0.05) p05, quantile_disc(x, 0.5) p50, quantile_disc(x, 0.95) p95
            FROM read_json('%s', format='newline_delimited', %s) GROUP BY ALL
            """
                .formatted(distinct, Sample.COLUMNS));
    String[] exact = {
      "window_start",
      "window_end",
      "tenant",
      "n",
      "nx",
      "total",
      "low",
      "high",
      "users",
      "about",
      "most",
      "earliest",
      "latest"
    };
    assertThat(rows.size(), is(18));
    assertThat(Rows.columns(rows, exact), equalTo(Rows.columns(expected, exact)));
    for (int i = 0; i < rows.size(); i++) {
      Map<String, String> row = rows.get(i);
      Map<String, String> other = expected.get(i);
      BigDecimal mean =
          new BigDecimal(other.get("total"))
              .divide(new BigDecimal(other.get("nx")), 9, RoundingMode.HALF_EVEN);
      assertThat(row.get("mean"), is(mean.stripTrailingZeros().toPlainString()));
      for (String quantile : List.of("p05", "p50", "p95")) {
        double value = Double.parseDouble(other.get(quantile));
        assertThat(
            row + " " + quantile,
            Double.parseDouble(row.get(quantile)),
            closeTo(value, Math.abs(value) / 100 + 1e-9));
      }
    }
    assertThat(ran.count("read"), is(3300L));
    assertThat(ran.count("repeats"), is(300L));
    assertThat(ran.count("used"), is(3000L));
  }
}
