package dev.leat.io.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.block.EvenKeys;
import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import dev.leat.event.EventBytes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.Test;

public final class BlocksByPartitionTest {
  @Test
  public void givesPartitionsInARowPlacesInARow() {
    assertThat(
        keys(List.of(RawPartition.DATE), "1970-01-01T05:00:00Z", "1970-01-02T00:00:00Z"),
        is(Set.of(EvenKeys.atPlace(0, "0/0/0/"), EvenKeys.atPlace(1, "0/1/0/"))));
    assertThat(
        keys(
            List.of(RawPartition.DATE, RawPartition.HOUR),
            "1970-01-01T23:00:00Z",
            "1970-01-02T00:00:00Z"),
        is(Set.of(EvenKeys.atPlace(23, "0/0/23/"), EvenKeys.atPlace(25, "0/1/0/"))));
    int month = 1970 * 12;
    assertThat(
        keys(List.of(RawPartition.MONTH), "1970-01-31T00:00:00Z", "1970-02-28T00:00:00Z"),
        is(Set.of(EvenKeys.atPlace(month, "0/0/0/"), EvenKeys.atPlace(month + 1, "0/31/0/"))));
  }

  @Test
  public void namesPartitionsOfALiveRunOnly() {
    BlocksByPartition blocks = BlocksByPartition.live(List.of(RawPartition.DATE));

    assertThat(keys(blocks, "1970-01-02T00:00:00Z"), is(Set.of("0/1/0/")));
  }

  private static Set<String> keys(List<RawPartition> partitions, String... times) {
    return keys(BlocksByPartition.bounded(partitions), times);
  }

  private static Set<String> keys(BlocksByPartition blocks, String... times) {
    Set<String> keys = new TreeSet<>();
    EventBytes bytes = new EventBytes();
    for (String time : times) {
      Event event = LakeFixture.event(time, time, "en", "file:///a", 0);
      EventBlock.Cursor cursor = EventBlock.of(List.of(event)).cursor();
      cursor.next();
      blocks.add(bytes.read(cursor.encoded()), (key, block) -> keys.add(key));
    }
    blocks.flush((key, block) -> keys.add(key));
    return keys;
  }
}
