package dev.leat.pipelines.backfill;

import static dev.leat.pipelines.backfill.Shop.on;
import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A backfill while others read and write the same tables. */
public class BackfillBesideTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Shop shop;

  @Before
  public void ingest() throws IOException {
    shop = new Shop(folder.getRoot().toPath());
    shop.ingest(shop.sales(1, 5, 12, 600, 1));
  }

  @Test
  public void ofTwoAtOnceOnePublishesAndTheOtherSaysWhyNot() throws Exception {
    shop.publishWrong();
    List<Map<String, String>> before = shop.rows();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Future<Ran>> runs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      runs.add(threads.submit(() -> shop.backfill(shop.right, "--chunkRows=1", "--publish")));
    }
    List<Ran> ended = List.of(runs.get(0).get(), runs.get(1).get());
    threads.shutdown();

    String told = ended.get(0) + "\n" + ended.get(1);
    assertThat(told, List.of(ended.get(0).code(), ended.get(1).code()), containsInAnyOrder(0, 20));
    Ran other = ended.get(0).code() == 20 ? ended.get(0) : ended.get(1);
    assertThat(
        other.out(),
        anyOf(
            containsString("Another run of this backfill has published it meanwhile"),
            containsString("This backfill is published, as snapshot")));
    assertThat(on(shop.rows(), 2, 3), is(on(shop.rebuilt(shop.right), 2, 3)));
    assertThat(on(shop.rows(), 1, 4, 5), is(on(before, 1, 4, 5)));
  }

  @Test
  public void besideIngestAndIncrementalRunsNothingIsLost() throws Exception {
    run(shop.right, "--incremental");
    ExecutorService thread = Executors.newSingleThreadExecutor();

    Future<?> ingest =
        thread.submit(
            () -> {
              for (int drop = 0; drop < 4; drop++) {
                shop.ingest(shop.sales(2, 3, 12, 15, 100 + drop));
                run(shop.right, "--incremental");
              }
              return null;
            });
    Ran backfill = shop.backfill(shop.right, "--chunkRows=1", "--publish", "--rebase");
    ingest.get();
    thread.shutdown();
    Ran repair = run(shop.right, "--incremental");

    assertThat(backfill.err(), backfill.code(), anyOf(is(0), is(3)));
    assertThat(repair.err(), repair.code(), anyOf(is(0), is(20)));
    assertThat(shop.rows(), is(shop.rebuilt(shop.right)));
  }

  @Test
  public void lateEventsThatABackfillHasNotReadAreRepairedAfterIt() throws IOException {
    run(shop.right, "--incremental");
    shop.backfill(shop.right);
    shop.ingest(shop.sales(3, 1, 12, 20, 7));

    Ran published = shop.backfill(shop.right, "--publish");
    List<Map<String, String>> withoutLate = shop.rows();
    Ran repair = run(shop.right, "--incremental");

    assertThat(published.err(), published.code(), is(0));
    assertThat(repair.err(), repair.code(), is(0));
    assertThat(withoutLate, is(not(shop.rows())));
    assertThat(shop.rows(), is(shop.rebuilt(shop.right)));
  }

  @Test
  public void afterABackfillOfAllIncrementalRunsGoOnFromItsInput() throws IOException {
    run(shop.wrong, "--incremental");
    Ran all =
        leat(
            "backfill",
            shop.right,
            "--source=" + shop.raw(),
            "--sink=" + shop.table(),
            "--eventTimeStart=2026-01-01",
            "--eventTimeEnd=2026-01-07",
            "--publish");
    Ran nothing = run(shop.right, "--incremental");
    shop.ingest(shop.sales(2, 1, 12, 20, 7));
    Ran more = run(shop.right, "--incremental");

    assertThat(all.err(), all.code(), is(0));
    assertThat(nothing.err(), nothing.code(), is(20));
    assertThat(more.err(), more.code(), is(0));
    assertThat(shop.rows(), is(shop.rebuilt(shop.right)));
  }

  @Test
  public void afterABackfillOfAPartTheOtherVersionDoesNotWriteOverIt() throws IOException {
    run(shop.wrong, "--incremental");
    Ran part = shop.backfill(shop.right, "--publish");
    shop.ingest(shop.sales(3, 1, 12, 20, 7));
    List<Map<String, String>> published = shop.rows();

    Ran old = run(shop.wrong, "--incremental");

    assertThat(part.err(), part.code(), is(0));
    assertThat(old.code(), is(2));
    assertThat(old.err(), containsString("a backfill made a part of it by version"));
    assertThat(shop.rows(), is(published));
  }

  @Test
  public void anotherVersionOfTheSameRangeIsAMovementUnderneath() throws IOException {
    shop.publishWrong();
    Path third = shop.workflow("third", "filter: \"data.x > 5\"", "");
    shop.backfill(third);
    shop.backfill(shop.right, "--publish");

    Ran refused = shop.backfill(third, "--publish");
    List<Map<String, String>> kept = on(shop.rows(), 2, 3);
    Ran rebased = shop.backfill(third, "--publish", "--rebase");

    assertThat(refused.code(), is(3));
    assertThat(refused.err(), containsString("the partitions of 2026-01-02, 2026-01-03"));
    assertThat(kept, is(on(shop.rebuilt(shop.right), 2, 3)));
    assertThat(rebased.err(), rebased.code(), is(0));
    assertThat(on(shop.rows(), 2, 3), is(on(shop.rebuilt(third), 2, 3)));
  }

  private Ran run(Path workflow, Object... more) {
    List<Object> words = new ArrayList<>(List.of("run", workflow));
    words.add("--source=" + shop.raw());
    words.add("--sink=" + shop.table());
    words.addAll(List.of(more));
    return leat(words.toArray());
  }
}
