package dev.leat.io.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What another run does is done while a branch asks for its input: between its look and commit. */
public class BackfillBranchTest {
  private static final Schema ROWS =
      Schema.builder()
          .addDateTimeField("window_start")
          .addDateTimeField("window_end")
          .addInt64Field("sales")
          .build();
  private static final TimeRange RANGE =
      TimeRange.of(Instant.parse("2026-01-02T00:00:00Z"), Instant.parse("2026-01-04T00:00:00Z"));
  private static final Optional<BackfillState> NONE = Optional.empty();

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private ConnectorUri table;

  @Before
  public void nameTable() {
    table = ConnectorUri.parse("lake://" + folder.getRoot() + "/lake/totals?partition=date");
  }

  @Test
  public void ofTwoThatBeginAtOnceOneDoesAndBothGoOnWithThat() {
    List<BackfillState> others = new ArrayList<>();

    BackfillState begun =
        branch("one").begin(meanwhile(() -> others.add(branch("two").begin(() -> 5, NONE))), NONE);

    assertThat(List.of(begun), is(others));
    assertThat(branch("three").begin(() -> 6, NONE), is(begun));
  }

  @Test
  public void ofTwoThatBeginAnewAtOnceOneDoesAndBothGoOnWithThat() {
    Optional<BackfillState> old = Optional.of(branch("old").begin(() -> 4, NONE));
    List<BackfillState> others = new ArrayList<>();

    BackfillState begun =
        branch("one").begin(meanwhile(() -> others.add(branch("two").begin(() -> 5, old))), old);

    assertThat(List.of(begun), is(others));
    assertThat(begun.id(), is(not(old.get().id())));
  }

  @Test
  public void beginsOnWhatReadersSeeWhenItIsCommitted() {
    BackfillState begun = branch("one").begin(meanwhile(this::commitToMain), NONE);

    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(table))) {
      assertThat(begun.base(), is(Optional.of(open.table().currentSnapshot().snapshotId())));
    }
  }

  private void commitToMain() {
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(table))) {
      open.table().newAppend().commit();
    }
  }

  /** The first time it is asked. */
  private static LongSupplier meanwhile(Runnable other) {
    List<Runnable> left = new ArrayList<>(List.of(other));
    return () -> {
      if (!left.isEmpty()) {
        left.remove(0).run();
      }
      return 5;
    };
  }

  private BackfillBranch branch(String run) {
    return BackfillBranch.of(
        table,
        SinkRequest.of(
            run,
            ROWS,
            Optional.of(RANGE),
            Map.of("workflow", "totals", "workflow-version", "1", "source", "lake:raw")));
  }
}
