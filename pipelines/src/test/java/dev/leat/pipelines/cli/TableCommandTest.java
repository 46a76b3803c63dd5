package dev.leat.pipelines.cli;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class TableCommandTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;
  private String table;

  @Before
  public void ingestTwice() throws IOException {
    root = folder.getRoot().toPath();
    table = "lake://" + root + "/lake/raw";
    for (String id : new String[] {"1", "2"}) {
      Path events =
          Files.writeString(
              root.resolve(id + ".jsonl"),
              """
              {"specversion":"1.0","id":"%s","source":"s","type":"t","time":"2026-01-01T00:00:00Z"}
              """
                  .formatted(id));
      assertThat(leat("ingest", "--source=" + events, "--sink=" + table).code(), is(0));
    }
  }

  @Test
  public void historyTellsTheLastVersionsAndHowManyAreOlder() {
    Ran json = leat("table", "history", table, "--limit=1", "--output=json");
    Ran text = leat("table", "history", table, "--limit=1");
    Ran all = leat("table", "history", table, "--limit=1", "--all", "--output=json");
    Ran none = leat("table", "history", table, "--limit=0");

    assertThat(json.json().path("versions").size(), is(1));
    assertThat(json.json().at("/versions/0/rows").asInt(), is(2));
    assertThat(json.json().path("older").asInt(), is(1));
    assertThat(text.lines().size(), is(3));
    assertThat(text.lines().get(2), is("  and 1 older; --all shows them"));
    assertThat(all.json().path("versions").size(), is(2));
    assertThat(all.json().path("older").asInt(), is(0));
    assertThat(none.code(), is(2));
    assertThat(none.err().strip(), is("leat: --limit: expected 1 or more, got 0"));
  }

  @Test
  public void sweepDeletesWhatIsOldAndOfNoVersion() throws IOException {
    Path old = orphan("old.parquet", Duration.ofDays(4));
    Path young = orphan("young.parquet", Duration.ofDays(2));

    Ran dry = leat("table", "sweep", table, "--dryRun");
    boolean isThereAfterDryRun = Files.exists(old);
    Ran swept = leat("table", "sweep", table, "--output=json");
    Ran again = leat("table", "sweep", table);

    assertThat(dry.code(), is(0));
    assertThat(
        dry.out().strip(),
        is("Would delete 1 file of 3 bytes that no version of " + table + " refers to."));
    assertThat(isThereAfterDryRun, is(true));
    assertThat(
        swept.json().toString(),
        is(
            "{\"command\":\"table sweep\",\"table\":\"%s\",\"older_than\":\"3d\",\"dry_run\":false,\"files\":1,\"bytes\":3}"
                .formatted(table)));
    assertThat(Files.exists(old), is(false));
    assertThat(Files.exists(young), is(true));
    assertThat(
        again.out().strip(),
        is("Deleted 0 files of 0 bytes that no version of " + table + " refers to."));
    assertThat(
        leat("table", "sweep", table, "--olderThan=1d", "--output=json")
            .json()
            .path("files")
            .asInt(),
        is(1));
  }

  @Test
  public void sweepKeepsAllFilesOfAllVersions() throws IOException {
    try (var files = Files.walk(root.resolve("lake"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".parquet")).toList()) {
        age(file, Duration.ofDays(400));
      }
    }

    Ran swept = leat("table", "sweep", table, "--output=json");
    Ran read = leat("table", "history", table, "--output=json");

    assertThat(swept.json().path("files").asInt(), is(0));
    assertThat(read.json().at("/versions/0/rows").asInt(), is(2));
  }

  @Test
  public void sweepRefusesAnAgeThatARunMayStillNeed() {
    Ran young = leat("table", "sweep", table, "--olderThan=59m");
    Ran absent = leat("table", "sweep", table + "_absent");

    assertThat(young.code(), is(2));
    assertThat(young.err().strip(), is("leat: --olderThan: expected 1h or more, got 59m"));
    assertThat(absent.code(), is(4));
    assertThat(absent.err(), containsString("raw_absent"));
  }

  private Path orphan(String name, Duration age) throws IOException {
    Path file = Files.write(root.resolve("lake/default/raw/data/" + name), new byte[] {1, 2, 3});
    age(file, age);
    return file;
  }

  private static void age(Path file, Duration age) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }
}
