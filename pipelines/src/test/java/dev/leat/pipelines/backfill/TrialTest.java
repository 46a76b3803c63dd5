package dev.leat.pipelines.backfill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.TimeRange;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Progress;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class TrialTest {
  private static final int DAYS = 30;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final Launcher launcher =
      Launcher.of("DirectRunner", List.of(), new Progress(new PrintWriter(System.out), false, ""));
  private Shop shop;

  @Before
  public void ingestDays() throws IOException {
    shop = new Shop(folder.getRoot().toPath());
    shop.ingest(shop.sales(1, DAYS, 12, 2_000, 1));
  }

  @Test
  public void timesPartsOfTheRangeAndLeavesNothing() throws IOException {
    List<Path> before = temporary();
    Backfill backfill = backfill(DAYS);
    Plan plan = planOf(backfill);

    List<String> told = new ArrayList<>();
    Estimate estimate;
    try (Trial trial = Trial.of(backfill, plan, launcher, 2, 1).orElseThrow()) {
      estimate = trial.run(told::add);
    }

    assertThat(told, hasSize(5));
    assertThat(estimate.basis(), startsWith("a trial on "));
    assertThat(estimate.time(1, 1).toMillis(), greaterThan(0L));
    assertThat(temporary(), is(before));
    assertThat(
        backfill.table().published(backfill.range()).snapshotId().stream().toList(), empty());
  }

  @Test
  public void thereIsNoneOfFewRowsOrFewFiles() {
    Backfill all = backfill(DAYS);
    Backfill few = backfill(2);

    assertThat(Trial.of(all, planOf(all), launcher, 2), is(Optional.empty()));
    assertThat(Trial.of(few, planOf(few), launcher, 2, 1), is(Optional.empty()));
  }

  private Backfill backfill(int days) {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    return Backfill.of(
        WorkflowParser.parse(shop.right),
        ConnectorUri.parse(shop.raw()),
        ConnectorUri.parse(shop.table()),
        Optional.empty(),
        TimeRange.of(start, start.plusSeconds(86_400L * days)),
        Backfill.CHUNK_ROWS);
  }

  private Plan planOf(Backfill backfill) {
    return Plan.of(backfill, launcher.runner(), 2);
  }

  private static List<Path> temporary() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(file -> file.getFileName().toString().startsWith("leat-trial-")).toList();
    }
  }
}
