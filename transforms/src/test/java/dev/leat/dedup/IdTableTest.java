package dev.leat.dedup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.Test;

public class IdTableTest {
  @Test
  public void remembersWhatAMapRemembers() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      IdTable table = new IdTable();
      Map<List<Long>, Long> map = new HashMap<>();
      int range = 1 + random.nextInt(3000);
      for (int i = 0; i < 5000; i++) {
        // Few different bits: many ids ask for the same slot, and some are zero in a half or both.
        long high = (long) random.nextInt(range) << random.nextInt(40);
        long low = random.nextInt(3) - 1;
        long value = random.nextInt(1000);

        long known = table.putIfAbsent(high, low, value);

        Long expected = map.putIfAbsent(List.of(high, low), value);
        assertThat(known, is(expected == null ? IdTable.ABSENT : expected));
      }
      assertThat(table.size(), is(map.size()));
      map.forEach((id, value) -> assertThat(table.get(id.get(0), id.get(1)), is(value)));
      assertThat(table.get(-7, -7), is(IdTable.ABSENT));
    }
  }

  @Test
  public void tellsTheZeroIdFromNone() {
    IdTable table = new IdTable();

    assertThat(table.get(0, 0), is(IdTable.ABSENT));
    assertThat(table.putIfAbsent(0, 0, 5), is(IdTable.ABSENT));
    assertThat(table.putIfAbsent(0, 0, 6), is(5L));
    assertThat(table.get(0, 0), is(5L));
    assertThat(table.size(), is(1));
  }
}
