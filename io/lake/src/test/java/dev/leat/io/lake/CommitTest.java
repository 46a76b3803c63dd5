package dev.leat.io.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Commits whose answer is lost. */
public final class CommitTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private LakeTable name;
  private Warehouse warehouse;
  private Table table;

  @Before
  public void createTable() {
    name = LakeTable.parse(LakeFixture.uri(folder.getRoot().toPath(), "raw.events"));
    warehouse = Warehouse.open(name);
    table = new RawEvents(name, RawPartition.DEFAULT).prepare(warehouse);
  }

  @After
  public void close() {
    warehouse.close();
  }

  @Test
  public void isDoneIfTheRunIsInTheHistoryAfterAll() {
    SnapshotUpdate<?> lostAnswer =
        update(
            () -> {
              warehouse.find(name).orElseThrow().newAppend().set("leat.run-id", "run").commit();
              throw new CommitStateUnknownException(new IllegalStateException("no answer"));
            });

    assertThat(Commit.tryCommit(table, lostAnswer, "run"), is(true));
  }

  @Test
  public void staysUnknownIfItIsNotAndTheFilesStay() {
    SnapshotUpdate<?> noAnswer =
        update(
            () -> {
              throw new CommitStateUnknownException(new IllegalStateException("no answer"));
            });

    assertThrows(CommitStateUnknownException.class, () -> Commit.tryCommit(table, noAnswer, "run"));
  }

  @Test
  public void aRunStoresNothingIfTheBookmarkMovedSinceItsPlan() {
    IngestPlan plan = RawLake.of(uri()).plan(List.of(LakeFixture.file("/in/a")));
    LakeFixture.ingestFiles(RawLake.of(uri()), "run-1", plan);
    table.refresh();
    BookmarkedAppend late =
        new BookmarkedAppend("run-2", plan.bookmark(), plan.files(), java.util.Map.of());

    assertThat(late.commit(table, List.of(), () -> {}), is(false));

    assertThat(LakeTables.history(uri()), hasSize(1));
  }

  /** What the compare-and-set on the bookmark stands on (docs/adr/0011). */
  @Test
  public void icebergAsksTheValidatorAgainWithWhatSlippedIn() {
    List<List<String>> asked = new ArrayList<>();
    AppendFiles append =
        table
            .newAppend()
            .validateWith(
                ancestry -> {
                  List<String> runs = new ArrayList<>();
                  ancestry.forEach(snapshot -> runs.add(snapshot.summary().get("leat.run-id")));
                  asked.add(runs);
                  if (asked.size() == 1) {
                    // After the validation of the first attempt and before its swap.
                    try (Warehouse other = Warehouse.open(name)) {
                      Table fresh = other.find(name).orElseThrow();
                      fresh.newAppend().set("leat.run-id", "other").commit();
                    }
                  }
                  return runs.isEmpty();
                });

    assertThrows(ValidationException.class, append::commit);

    assertThat(asked, is(List.of(List.of(), List.of("other"))));
    assertThat(LakeTables.history(uri()), hasSize(1));
  }

  private dev.leat.io.spi.ConnectorUri uri() {
    return LakeFixture.uri(folder.getRoot().toPath(), "raw.events");
  }

  private static SnapshotUpdate<?> update(Runnable commit) {
    return (SnapshotUpdate<?>)
        Proxy.newProxyInstance(
            CommitTest.class.getClassLoader(),
            new Class<?>[] {SnapshotUpdate.class},
            (proxy, method, arguments) -> {
              commit.run();
              return null;
            });
  }
}
