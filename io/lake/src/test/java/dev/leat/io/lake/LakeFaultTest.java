package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.file;
import static dev.leat.io.lake.LakeFixture.filesUnder;
import static dev.leat.io.lake.LakeFixture.ingestFiles;
import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.InputFile;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;

/** A run that dies at any moment of its commit, and the one after it. */
@RunWith(Parameterized.class)
public final class LakeFaultTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final FaultPoint point;
  private RawLake lake;

  public LakeFaultTest(FaultPoint point) {
    this.point = point;
  }

  @Parameterized.Parameters(name = "{0}")
  public static List<FaultPoint> points() {
    return List.of(
        FaultPoint.BEFORE_DEAD_LETTERS,
        FaultPoint.AFTER_DEAD_LETTERS,
        FaultPoint.EVENTS_PUBLISHED,
        FaultPoint.AFTER_EVENTS);
  }

  @Before
  public void nameLake() {
    lake = RawLake.of(uri(folder.getRoot().toPath(), "raw.events"));
  }

  @After
  public void noFaults() {
    FaultPoint.onReached(reached -> {});
  }

  @Test
  public void anotherRunTakesEveryRecordOnce() {
    List<InputFile> files = List.of(file("/in/a"), file("/in/b"));
    dieWhile("run-1", lake.plan(files));

    IngestPlan rest = lake.plan(List.of(file("/in/a"), file("/in/b"), file("/in/c")));
    ingestFiles(lake, "run-2", rest);

    assertEachOnce();
    boolean committed = point == FaultPoint.AFTER_EVENTS;
    assertThat(lake.committed("run-1").isPresent(), is(committed));
    assertThat(lake.committed("run-2").orElseThrow().stored(), is(committed ? 1L : 3L));
    assertThat(lake.committed("run-2").orElseThrow().deadLetters(), is(committed ? 1L : 3L));
  }

  @Test
  public void aRetryOfTheRunTakesEveryRecordOnce() {
    IngestPlan plan = lake.plan(List.of(file("/in/a"), file("/in/b"), file("/in/c")));
    dieWhile("run-1", plan);

    ingestFiles(lake, "run-1", plan);

    assertEachOnce();
    assertThat(lake.committed("run-1").orElseThrow().stored(), is(3L));
  }

  @Test
  public void theNextPlanTellsWhichVersionBeganItsFiles() {
    List<InputFile> files = List.of(file("/in/a"), file("/in/b"));
    dieWhile("run-1", lake.plan(files));

    boolean between =
        point == FaultPoint.AFTER_DEAD_LETTERS || point == FaultPoint.EVENTS_PUBLISHED;
    assertThat(
        lake.plan(files).begunByVersion(), is(between ? Optional.of("v1") : Optional.empty()));
    ingestFiles(lake, "run-2", lake.plan(files));
    assertThat(lake.plan(List.of(file("/in/c"))).begunByVersion(), is(Optional.empty()));
  }

  private void dieWhile(String runId, IngestPlan plan) {
    FaultPoint.onReached(
        reached -> {
          if (reached == point) {
            throw new AssertionError("dies at " + point);
          }
        });
    assertThrows(PipelineExecutionException.class, () -> ingestFiles(lake, runId, plan));
    noFaults();
  }

  private void assertEachOnce() {
    assertThat(column(lake.table(), "id"), contains("of /in/a", "of /in/b", "of /in/c"));
    assertThat(column(lake.table().deadLetters(), "origin"), contains("/in/a", "/in/b", "/in/c"));
    assertThat(
        LakeTables.dataFiles(uri(folder.getRoot().toPath(), "raw.events")).stream()
            .map(location -> folder.getRoot().toPath().relativize(java.nio.file.Path.of(location)))
            .map(Object::toString)
            .toList(),
        containsInAnyOrder(visible()));
  }

  /** What a reader sees that looks at folders and not at the table. */
  private String[] visible() {
    return filesUnder(folder.getRoot().toPath().resolve("raw/events"), ".parquet").stream()
        .map(file -> "raw/events/" + file)
        .toArray(String[]::new);
  }
}
