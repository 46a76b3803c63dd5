package dev.leat.dedup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.Test;

public class ShardIdsTest {
  /** Copies in buckets that are 16 apart are within it. */
  private static final Horizon HORIZON = Horizon.of(Duration.ofSeconds(16));

  private final ShardIds ids = new ShardIds();

  @Test
  public void findsAnIdInTheBucketsWithinReachOnly() {
    ids.add(7, 8, 100, 3);

    for (long bucket : new long[] {84, 99, 100, 101, 116}) {
      assertThat("bucket " + bucket, ids.markOf(7, 8, bucket, HORIZON), is(3));
    }
    for (long bucket : new long[] {83, 117}) {
      assertThat("bucket " + bucket, ids.markOf(7, 8, bucket, HORIZON), is(ShardIds.ABSENT));
    }
    assertThat(ids.markOf(7, 9, 100, HORIZON), is(ShardIds.ABSENT));
    assertThat(ids.markOf(6, 8, 100, HORIZON), is(ShardIds.ABSENT));
  }

  @Test
  public void holdsAnIdTwiceWhereItIsOutOfReachOfItself() {
    ids.add(7, 8, 100, 3);
    ids.add(7, 8, 200, 255);

    assertThat(ids.markOf(7, 8, 101, HORIZON), is(3));
    assertThat(ids.markOf(7, 8, 199, HORIZON), is(255));
    assertThat(ids.markOf(7, 8, 150, HORIZON), is(ShardIds.ABSENT));
  }

  @Test
  public void goesOnAtTheBeginningBehindTheLastSlot() {
    for (int low = 0; low < 100; low++) {
      ids.add(-1, low, 0, low);
    }
    for (int low = 0; low < 100; low++) {
      assertThat(ids.markOf(-1, low, 0, HORIZON), is(low));
    }
    assertThat(ids.markOf(-1, 100, 0, HORIZON), is(ShardIds.ABSENT));
  }

  @Test
  public void knowsTheIdOfZerosLikeAnyOther() {
    assertThat(ids.markOf(0, 0, 0, HORIZON), is(ShardIds.ABSENT));
    ids.add(0, 0, 0, 0);
    assertThat(ids.markOf(0, 0, 0, HORIZON), is(0));
  }

  @Test
  public void forgetsEarlierBucketsAndNoOthers() {
    ids.add(1, 1, -5, 1);
    ids.add(2, 2, 9, 2);
    ids.add(3, 3, 10, 3);

    ids.expireBefore(10);
    ids.add(4, 4, 11, 4);

    assertThat(ids.markOf(1, 1, -5, HORIZON), is(ShardIds.ABSENT));
    assertThat(ids.markOf(2, 2, 9, HORIZON), is(ShardIds.ABSENT));
    assertThat(ids.markOf(3, 3, 10, HORIZON), is(3));
    assertThat(ids.markOf(4, 4, 11, HORIZON), is(4));
    assertThat(ids.size(), is(2));
  }

  @Test
  public void keepsManyInFewBytesWhateverComesAndGoes() {
    Random random = new Random(1);
    List<long[]> alive = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      long[] id = {random.nextLong(), random.nextLong(), i / 500, random.nextInt(256)};
      ids.add(id[0], id[1], id[2], (int) id[3]);
      alive.add(id);
      if (i % 25_000 == 24_999) {
        long before = id[2] - 100;
        ids.expireBefore(before);
        alive.removeIf(each -> each[2] < before);
      }
      if (ids.size() > 2_000 && i % 97 == 0) {
        assertThat((double) ids.bytes() / ids.size(), is(lessThanOrEqualTo(32.0)));
      }
    }

    assertThat(ids.size(), is(alive.size()));
    for (long[] id : alive) {
      assertThat(ids.markOf(id[0], id[1], id[2], HORIZON), is((int) id[3]));
      assertThat(ids.markOf(id[0], id[1] + 1, id[2], HORIZON), is(ShardIds.ABSENT));
    }
  }

  @Test
  public void forgetsAlsoAmongIdsThatAreInOthersSlots() {
    Random random = new Random(2);
    for (int round = 0; round < 1000; round++) {
      ShardIds crowded = new ShardIds();
      List<long[]> added = new ArrayList<>();
      for (int step = 0; step < 4; step++) {
        for (int i = 0; i < 15; i++) {
          // Half of them want the last slot, and so the first ones.
          long[] id = {random.nextBoolean() ? -1 : random.nextLong(), added.size(), step + i % 3};
          crowded.add(id[0], id[1], id[2], i);
          added.add(id);
        }
        crowded.expireBefore(step);

        for (long[] id : added) {
          assertThat(
              crowded.markOf(id[0], id[1], id[2], HORIZON) != ShardIds.ABSENT, is(id[2] >= step));
        }
      }
    }
  }
}
