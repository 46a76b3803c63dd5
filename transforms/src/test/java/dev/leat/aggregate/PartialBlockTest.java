package dev.leat.aggregate;

import static dev.leat.SampleEvents.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class PartialBlockTest {
  private static final Aggregation COUNTS =
      Aggregation.of(Map.of("page", FieldRef.parse("/page")), Map.of("n", Measure.count()));

  private final GroupTable table = new GroupTable(COUNTS);
  private final PartialBlock.Builder builder = new PartialBlock.Builder();

  @Test
  public void namesAWindowOnceWhereItsGroupsComeTogether() {
    add(0, 60, "a");
    add(60, 120, "a");
    add(0, 60, "b");

    assertThat(windowsOf(block(table.byWindow())), is(List.of("0-60 2", "60-120 1")));
    assertThat(windowsOf(block(0, 1, 2)), is(List.of("0-60 1", "60-120 1", "0-60 1")));
  }

  @Test
  public void givesBackWhatWasPutIn() {
    add(-60, 0, "a");
    add(-60, 0, "b");
    add(30, 90, "a");
    GroupTable back = new GroupTable(COUNTS);

    block(table.byWindow()).mergeInto(back);
    block(0, 1).mergeInto(back);

    assertThat(back.size(), is(3));
    assertThat(back.result(0, 0), is(2L));
    assertThat(back.result(2, 0), is(1L));
    assertThat(back.start(2), is(30L));
  }

  /** As after a block that was full in the middle of a window. */
  @Test
  public void tellsTheFirstEndOfEachBlockAnew() {
    add(60, 120, "a");
    add(0, 60, "a");
    add(60, 120, "b");

    builder.add(table, 0);
    assertThat(builder.earliestEnd(), is(120L));
    builder.add(table, 1);
    builder.add(table, 2);
    assertThat(builder.earliestEnd(), is(60L));
    assertThat(builder.build().firstEnd(), is(120L));

    builder.add(table, 2);
    assertThat(builder.earliestEnd(), is(120L));
    assertThat(builder.build().firstStart(), is(60L));
  }

  @Test
  public void sortsByEndsUnlessTheyAreTooFarApart() {
    add(200, 260, "a");
    add(0, 60, "a");
    add(100, 160, "a");
    assertThat(table.byWindow(), is(new int[] {1, 2, 0}));

    add(Long.MIN_VALUE / 2, Long.MIN_VALUE / 2 + 60, "a");
    add(Long.MAX_VALUE / 2, Long.MAX_VALUE / 2 + 60, "a");
    assertThat(table.byWindow(), is(new int[] {0, 1, 2, 3, 4}));
    assertThat(new GroupTable(COUNTS).byWindow(), is(new int[0]));
  }

  private void add(long start, long end, String page) {
    ByteWriter contribution = new ByteWriter();
    COUNTS.writeContribution(
        new EventView(event("e", 0, "{\"page\":\"" + page + "\"}"), PayloadReader.plain()),
        contribution);
    table.merge(start, end, new ByteReader(contribution.array(), 0, contribution.size()));
  }

  private PartialBlock block(int... rows) {
    for (int row : rows) {
      builder.add(table, row);
    }
    return builder.build();
  }

  /** Each window of the block, with the number of its groups. */
  private static List<String> windowsOf(PartialBlock block) {
    List<String> windows = new ArrayList<>();
    block.forEachWindow(
        (start, end, groups) -> {
          GroupTable merged = new GroupTable(COUNTS);
          merged.mergeAll(start, end, groups);
          windows.add(start + "-" + end + " " + merged.size());
        });
    return windows;
  }
}
