package dev.leat.dedup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.Map;
import org.junit.Test;

public class ShardStateTest {
  @Test
  public void readsWhatItWrote() {
    ShardState state = ShardState.empty();
    state.addChunk(-3);
    state.addChunk(5);
    state.addChunk(5);
    state.expireBefore(-10);
    state.setVersion(-7);

    ShardState read = ShardState.read(state.write());

    assertThat(read.chunks(), is(Map.of(-3L, 1, 5L, 2)));
    assertThat(read.hasExpired(-11), is(true));
    assertThat(read.hasExpired(-10), is(false));
    assertThat(read.version(), is(-7L));
  }

  @Test
  public void numbersTheChunksOfABucket() {
    ShardState state = ShardState.empty();

    assertThat(state.addChunk(1), is(0));
    assertThat(state.addChunk(2), is(0));
    assertThat(state.addChunk(1), is(1));
  }

  @Test
  public void neverBringsAnExpiredBucketBack() {
    ShardState state = ShardState.empty();
    state.addChunk(1);
    state.addChunk(2);

    state.expireBefore(2);
    state.expireBefore(0);

    assertThat(state.chunks(), is(Map.of(2L, 1)));
    assertThat(state.hasExpired(1), is(true));
    assertThat(ShardState.empty().hasExpired(Long.MIN_VALUE), is(false));
  }
}
