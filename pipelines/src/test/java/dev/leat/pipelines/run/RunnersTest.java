package dev.leat.pipelines.run;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The same commands on the DirectRunner and on an embedded Flink. */
public class RunnersTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void everyStepGivesTheSameOnBothRunners() throws Exception {
    Path root = folder.getRoot().toPath();
    List<String> lines = new ArrayList<>(Sample.lines(1000, 21));
    lines.add("no event");
    lines.add(
        "{\"id\":\"e-word\",\"time\":\"2026-01-01T00:00:00Z\",\"tenant\":\"a\",\"x\":\"many\"}");
    Sample.deliver(lines, root.resolve("drop"), 3, 21);
    Files.writeString(root.resolve("tenants.csv"), "tenant,city\na,Exeter\nb,Bath\n");
    Path workflow =
        Files.writeString(
            root.resolve("all.yaml"),
            "name: all\n"
                + Sample.EVENTS
                + """
                filter: '!has(data.user) || data.user != "user 3"'
                let: {named: 'has(data.user) ? 1 : 0'}
                deduplicate: {horizon: 1d}
                window: {session: 20s}
                enrich: [{lookup: tenants.csv, key: tenant, as: place, missing: dead-letter}]
                aggregate:
                  by: [place.city]
                  measures:
                    n: count
                    total: sum(/x)
                    mean: avg(/x)
                    users: distinct(/user)
                    named: sum(named)
                    p95: quantile(/x, 0.95)
                    most: top(/x, 2)
                    latest: last(/user)
                """);

    String direct = "lake://" + root + "/direct/";
    String flink = "lake://" + root + "/flink/";
    JsonNode ingestedDirect = ingest(workflow, root, direct, "DirectRunner");
    JsonNode ingestedFlink = ingest(workflow, root, flink, "FlinkRunner");
    JsonNode ranDirect = run(workflow, direct, "DirectRunner");
    JsonNode ranFlink = run(workflow, flink, "FlinkRunner");

    List<Map<String, String>> rows = Rows.ofLake(direct + "sessions");
    assertThat(rows.size() > 100, is(true));
    assertThat(Rows.ofLake(flink + "sessions"), equalTo(rows));
    // How many files there are is the runner's affair.
    for (String count : new String[] {"files", "read", "stored", "dead_letters"}) {
      assertThat(count, ingestedFlink.get(count), equalTo(ingestedDirect.get(count)));
    }
    assertThat(ranFlink, equalTo(ranDirect));
    assertThat(ranDirect.get("read").asLong(), is(ingestedDirect.get("stored").asLong()));
    long accounted = 0;
    for (String fate :
        new String[] {"used", "repeats", "late", "filtered", "out_of_range", "dead_letters"}) {
      accounted += ranDirect.path(fate).asLong();
    }
    assertThat(accounted, is(ranDirect.get("read").asLong()));
    List<Map<String, String>> letters = letters(direct);
    assertThat(letters, hasSize(ranDirect.get("dead_letters").asInt()));
    assertThat(letters(flink), equalTo(letters));
  }

  /** Without their lineage: of an event that came twice, either copy may be the one kept. */
  private static List<Map<String, String>> letters(String lake) {
    return Rows.columns(
        Rows.ofLake(lake + "sessions_dead_letters"), "data", "reason", "detail", "step");
  }

  private static JsonNode ingest(Path workflow, Path root, String lake, String runner) {
    return counts(
        leat(
            "ingest",
            workflow,
            "--source=" + root + "/drop/*",
            "--sink=" + lake + "raw?partition=date",
            "--runner=" + runner,
            "--output=json"));
  }

  private static JsonNode run(Path workflow, String lake, String runner) {
    return counts(
        leat(
            "run",
            workflow,
            "--source=" + lake + "raw",
            "--sink=" + lake + "sessions",
            "--runner=" + runner,
            "--output=json"));
  }

  private static JsonNode counts(Ran ran) {
    assertThat(ran.err(), ran.code(), is(0));
    return ran.json().path("counts");
  }
}
