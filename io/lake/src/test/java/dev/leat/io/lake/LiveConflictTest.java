package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.filesUnder;
import static dev.leat.io.lake.LakeFixture.uri;
import static dev.leat.io.lake.LiveFixture.offsets;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Live commits beside others, and ones whose answer is lost. */
public final class LiveConflictTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private RawLake lake;
  private LiveFixture live;

  @Before
  public void openLake() {
    lake = RawLake.of(uri(folder.getRoot().toPath(), "raw.events"));
    live = new LiveFixture(lake.table());
  }

  @After
  public void close() {
    FaultPoint.onReached(reached -> {});
    live.close();
  }

  @Test
  public void aCommitThatSlipsInBetweenIsSeen() {
    LiveFile overlapping = live.stageEvents(1, 4);
    LiveFile copy = live.stageEvents(0, 2);
    AtomicBoolean slipped = new AtomicBoolean();
    slipInWhen(
        FaultPoint.EVENTS_PUBLISHED,
        slipped,
        () -> {
          // Another machine's, which does not share the lock: it commits without one.
          LiveFile first = live.stageEvents(0, 2);
          Table elsewhere = reopened(lake.table());
          ((LocalFiles) elsewhere.io()).publish(first.file().staged(), first.file().location());
          elsewhere
              .newAppend()
              .appendFile(first.file().dataFile(elsewhere))
              .set(History.OFFSETS, LogBookmark.write(elsewhere, offsets(0, 2)))
              .commit();
        });

    live.commit().commit(List.of(overlapping, copy));

    assertThat(slipped.get(), is(true));
    assertThat(column(lake.table(), "id"), contains("e0", "e1", "e2", "e3"));
    assertThat(lake.taken(), is(offsets(0, 4)));
    assertNothingIsLeftOver();
  }

  @Test
  public void deadLettersThatSlipInBetweenAreSeen() {
    LiveFile overlapping = live.stageLetters(1, 4);
    AtomicBoolean slipped = new AtomicBoolean();
    slipInWhen(
        FaultPoint.DEAD_LETTERS_PUBLISHED,
        slipped,
        () -> {
          LiveFile first = live.stageLetters(0, 2);
          Table elsewhere = reopened(lake.table().deadLetters());
          ((LocalFiles) elsewhere.io()).publish(first.file().staged(), first.file().location());
          elsewhere.newAppend().appendFile(first.file().dataFile(elsewhere)).commit();
        });

    live.commit().commit(List.of(overlapping));

    assertThat(slipped.get(), is(true));
    assertThat(column(lake.table().deadLetters(), "ingest_offset"), contains("0", "1", "2", "3"));
    assertNothingIsLeftOver();
  }

  @Test
  public void aCommitThatIsDoneThoughTheCatalogSaysItIsUnknownCounts() {
    commitsThough(new CommitStateUnknownException(new IllegalStateException("no answer")));
  }

  @Test
  public void aCommitThatIsDoneThoughTheCatalogAnswersWithAnErrorCounts() {
    // Not a CommitFailedException: by that a catalog vouches that it did nothing, and Iceberg
    // deletes the manifests.
    commitsThough(new IllegalStateException("connection reset"));
  }

  private void commitsThough(RuntimeException answer) {
    Table lying = table(live.events(), true, answer);
    LiveCommit commit = new LiveCommit(lying, live.letters(), "live", Map.of());

    commit.commit(List.of(live.stageEvents(0, 3)));

    assertThat(column(lake.table(), "id"), contains("e0", "e1", "e2"));
    assertThat(lake.committedLive("live").orElseThrow().commits(), is(1L));
    assertThat(lake.taken(), is(offsets(0, 3)));
    assertNothingIsLeftOver();
  }

  @Test
  public void aCommitThatStaysUnknownIsFoundOutByTheRetry() {
    Table silent =
        table(
            live.events(),
            false,
            new CommitStateUnknownException(new IllegalStateException("no answer")));
    LiveCommit commit = new LiveCommit(silent, live.letters(), "live", Map.of());
    List<LiveFile> batch = List.of(live.stageEvents(0, 3));

    assertThrows(CommitStateUnknownException.class, () -> commit.commit(batch));
    commit.commit(batch);

    assertThat(column(lake.table(), "id"), contains("e0", "e1", "e2"));
    assertThat(lake.committedLive("live").orElseThrow().commits(), is(1L));
    assertNothingIsLeftOver();
  }

  @Test
  public void aFileThatAnotherCommittedMeanwhileStaysInItsPlace() {
    LiveFile file = live.stageEvents(0, 2);
    AtomicBoolean slipped = new AtomicBoolean();
    slipInWhen(
        FaultPoint.EVENTS_PUBLISHED,
        slipped,
        () -> {
          // A commit of the same file that was thought lost arrives at last.
          Table elsewhere = reopened(lake.table());
          elsewhere
              .newAppend()
              .appendFile(file.file().dataFile(elsewhere))
              .set(History.OFFSETS, LogBookmark.write(elsewhere, offsets(0, 2)))
              .commit();
        });

    live.commit().commit(List.of(file));

    assertThat(slipped.get(), is(true));
    assertThat(column(lake.table(), "id"), contains("e0", "e1"));
    assertThat(LakeTables.history(uri(folder.getRoot().toPath(), "raw.events")), hasSize(1));
    assertNothingIsLeftOver();
  }

  @Test
  public void aFileOfASnapshotThatWasRolledBackStaysInItsPlace() {
    live.commit().commit(List.of(live.stageEvents(5, 6)));
    long before = live.events().currentSnapshot().snapshotId();
    LiveFile file = live.stageEvents(0, 2);
    live.commit().commit(List.of(file));
    long rolledBack = live.events().currentSnapshot().snapshotId();
    live.events().manageSnapshots().rollbackTo(before).commit();
    AtomicBoolean slipped = new AtomicBoolean();
    slipInWhen(
        FaultPoint.EVENTS_PUBLISHED,
        slipped,
        () -> {
          Table elsewhere = reopened(lake.table());
          elsewhere
              .newAppend()
              .set(History.OFFSETS, LogBookmark.write(elsewhere, offsets(0, 6)))
              .commit();
        });

    live.commit().commit(List.of(file));

    assertThat(slipped.get(), is(true));
    live.events().manageSnapshots().setCurrentSnapshot(rolledBack).commit();
    assertThat(column(lake.table(), "id"), contains("e0", "e1", "e5"));
  }

  @Test
  public void twoIngestsOfOneLogAtOnceAddEachRecordOnceAndTheTableOnlyGrows() throws Exception {
    int batches = 6;
    ExecutorService threads = Executors.newFixedThreadPool(3);
    CyclicBarrier together = new CyclicBarrier(2);
    AtomicInteger running = new AtomicInteger(2);
    List<Future<?>> ingests = new ArrayList<>();
    for (int width : List.of(4, 6)) {
      ingests.add(
          threads.submit(
              () -> {
                try (LiveFixture mine = new LiveFixture(lake.table())) {
                  together.await();
                  for (int i = 0; i < batches; i++) {
                    int start = i * 4;
                    mine.commit()
                        .commit(
                            List.of(
                                mine.stageEvents(start, start + width),
                                mine.stageLetters(100 + start, 100 + start + width)));
                  }
                  return null;
                } finally {
                  running.decrementAndGet();
                }
              }));
    }
    Future<List<Integer>> seen =
        threads.submit(
            () -> {
              List<Integer> counts = new ArrayList<>();
              boolean last;
              do {
                last = running.get() == 0;
                counts.add(column(lake.table(), "id").size());
              } while (!last);
              return counts;
            });
    for (Future<?> ingest : ingests) {
      ingest.get(180, TimeUnit.SECONDS);
    }
    List<Integer> counts = seen.get(180, TimeUnit.SECONDS);
    threads.shutdownNow();

    TreeSet<String> expected = new TreeSet<>();
    TreeSet<String> letters = new TreeSet<>();
    for (int offset = 0; offset < (batches - 1) * 4 + 6; offset++) {
      expected.add("" + offset);
      letters.add("" + (100 + offset));
    }
    assertThat(column(lake.table(), "ingest_offset"), is(List.copyOf(expected)));
    assertThat(column(lake.table().deadLetters(), "ingest_offset"), is(List.copyOf(letters)));
    for (int i = 1; i < counts.size(); i++) {
      assertThat(counts.get(i), is(greaterThanOrEqualTo(counts.get(i - 1))));
    }
    assertThat(lake.committedLive("live").orElseThrow().stored(), is((long) expected.size()));
    assertNothingIsLeftOver();
  }

  private static void slipInWhen(FaultPoint point, AtomicBoolean slipped, Runnable other) {
    FaultPoint.onReached(
        reached -> {
          if (reached == point && slipped.compareAndSet(false, true)) {
            other.run();
          }
        });
  }

  private Table reopened(LakeTable name) {
    return Warehouse.openTable(name).table();
  }

  /** A table whose catalog gives a wrong answer to the first commit. */
  private static Table table(Table table, boolean applies, RuntimeException answer) {
    TableOperations operations = ((HasTableOperations) table).operations();
    AtomicBoolean first = new AtomicBoolean(true);
    TableOperations wrong =
        (TableOperations)
            Proxy.newProxyInstance(
                LiveConflictTest.class.getClassLoader(),
                new Class<?>[] {TableOperations.class},
                (proxy, method, arguments) -> {
                  boolean lies = method.getName().equals("commit") && first.getAndSet(false);
                  if (lies && !applies) {
                    throw answer;
                  }
                  Object result;
                  try {
                    result = method.invoke(operations, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                  if (lies) {
                    throw answer;
                  }
                  return result;
                });
    return new BaseTable(wrong, table.name());
  }

  private void assertNothingIsLeftOver() {
    assertThat(
        filesUnder(folder.getRoot().toPath().resolve("raw/events"), ".parquet"),
        hasSize(LakeTables.dataFiles(uri(folder.getRoot().toPath(), "raw.events")).size()));
    assertThat(filesUnder(folder.getRoot().toPath(), ".tmp"), empty());
    assertThat(filesUnder(folder.getRoot().toPath(), ".publication"), empty());
  }
}
