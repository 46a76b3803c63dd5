package dev.leat.pipelines.incremental;

import static dev.leat.pipelines.incremental.Warehouse.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Rules of quality in incremental runs, which see a part of the result. */
public class QualityOfPartsTest {
  private static final String DAILY =
      "window: {fixed: 1d}\naggregate: {by: [tenant], measures: {n: count}}\n";

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Warehouse lake;

  @Before
  public void nameLake() {
    lake = new Warehouse(folder.getRoot().toPath());
  }

  @Test
  public void aPartThatBreaksARuleIsNotPublishedAndTheBookmarkStays() throws IOException {
    Path workflow = lake.workflow("w", DAILY + "quality: [{field: /x, nulls: 10%}]\n");
    lake.take(workflow, events("2026-01-01", 5, ",\"x\":1"));
    assertThat(lake.incremental(workflow, "counts").code(), is(0));
    lake.take(workflow, events("2026-01-02", 5, ""));

    Ran refused = lake.incremental(workflow, "counts");

    assertThat(refused.code(), is(3));
    assertThat(refused.err(), containsString("expected at most 10%, got 5 of 5 events (100%)"));
    assertThat(lake.versions("counts"), hasSize(1));
    // With enough that are right it is published, with what was refused before.
    lake.take(workflow, events("2026-01-02", 50, ",\"x\":1"));
    assertThat(lake.incremental(workflow, "counts").code(), is(0));
    assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));
  }

  @Test
  public void aWindowIsComparedWithAnEarlierOneThatIsNotMadeAnew() throws IOException {
    Path workflow = lake.workflow("w", DAILY + volume());
    lake.take(workflow, events("2026-01-01", 20, ""));
    lake.take(workflow, events("2026-01-02", 18, ""));
    assertThat(lake.incremental(workflow, "counts").code(), is(0));
    lake.take(workflow, events("2026-01-03", 3, ""));
    lake.take(workflow, event("follows", "2026-01-04T00:00"));

    Ran refused = lake.incremental(workflow, "counts");

    assertThat(refused.code(), is(3));
    assertThat(
        refused.err(),
        containsString("2026-01-03T00:00:00Z has 3 events, 1d before it were 18 (fell by 83.3%)"));
    lake.take(workflow, events("2026-01-03", 15, ""));
    Ran done = lake.incremental(workflow, "counts");
    assertThat(done.err(), done.code(), is(0));
    assertThat(done.count("partitions"), is(2L));
    assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));
  }

  @Test
  public void windowsThatAreNotMadeAnewAreNotFoundEmpty() throws IOException {
    Path workflow = lake.workflow("w", DAILY + volume());
    for (int day = 1; day <= 6; day++) {
      lake.take(workflow, events("2026-01-0" + day, 10, ""));
    }
    assertThat(lake.incremental(workflow, "counts").code(), is(0));
    lake.take(workflow, event("late", "2026-01-02T05:30"), event("later", "2026-01-05T05:30"));

    Ran ran = lake.incremental(workflow, "counts");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(ran.count("partitions"), is(2L));
    assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));
  }

  @Test
  public void aRuleAboutRowsIsAboutTheWholeTable() throws IOException {
    Path workflow = lake.workflow("w", DAILY + "quality: [{rows: {min: 2, max: 3}}]\n");
    lake.take(workflow, event("1", "2026-01-01T01:00"), event("2", "2026-01-02T01:00"));
    assertThat(lake.incremental(workflow, "counts").code(), is(0));

    lake.take(workflow, event("3", "2026-01-03T01:00"));
    assertThat(lake.incremental(workflow, "counts").code(), is(0));
    lake.take(workflow, event("4", "2026-01-04T01:00"));
    Ran refused = lake.incremental(workflow, "counts");

    assertThat(refused.code(), is(3));
    assertThat(refused.err(), containsString("expected at most 3, got 4"));
    List<Map<String, String>> rows = lake.rows("counts");
    assertThat(rows, hasSize(3));
  }

  private static String volume() {
    return "quality: [{volume: {dropMoreThan: 50%, against: 1d}}]\n";
  }

  private int serial;

  private String[] events(String date, int count, String more) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(event("e" + serial++, date + "T%02d:00".formatted(i % 24), more));
    }
    return lines.toArray(String[]::new);
  }
}
