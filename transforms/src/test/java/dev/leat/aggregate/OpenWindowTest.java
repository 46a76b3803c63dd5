package dev.leat.aggregate;

import static dev.leat.SampleEvents.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.apache.beam.runners.core.InMemoryStateInternals;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.values.KV;
import org.junit.Test;

/** A window that comes from its state and goes back to it for each block. */
public class OpenWindowTest {
  private static final Aggregation COUNTS =
      Aggregation.of(Map.of("page", FieldRef.parse("/page")), Map.of("n", Measure.count()));

  private final MapState<KV<Long, Integer>, byte[]> chunks =
      InMemoryStateInternals.forKey("shard")
          .state(
              StateNamespaces.global(),
              StateTags.map(
                  "chunks", KvCoder.of(VarLongCoder.of(), VarIntCoder.of()), ByteArrayCoder.of()),
              null);

  private byte[] state = new OpenWindow(-60, 0, COUNTS, chunks).write();

  @Test
  public void showsWhatHasGrownFirstAndWithAllThatCame() {
    add(1, 2, 2);
    assertThat(show(), is(Map.of(1, 1L, 2, 2L)));

    add(2, 3);
    assertThat(show(), is(Map.of(2, 3L, 3, 1L)));

    add(1);
    assertThat(show(), is(Map.of(1, 2L)));
    assertThat(window().isFresh(), is(false));
  }

  @Test
  public void losesNothingWhereverChunksAreFullMergedAndShown() {
    Random random = new Random(1);
    Map<Integer, Long> all = new HashMap<>();
    Map<Integer, Long> grown = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      // Few groups at first, then more than a chunk holds.
      int group = random.nextInt(i < 10_000 ? 30 : 5_000);
      add(group);
      grown.put(group, all.merge(group, 1L, Long::sum));
      if (random.nextInt(3_000) == 0) {
        assertThat(show(), is(grown));
        grown.clear();
      }
    }

    assertThat(show(), is(grown));
  }

  @Test
  public void takesTheRoomOfItsGroupsHoweverManyBlocksCome() {
    for (int i = 0; i < 50_000; i++) {
      add(i % 100);
    }

    assertThat(bytes(), lessThan(2 * (16L << 10)));
  }

  @Test
  public void leavesNoChunkBehind() {
    for (int i = 0; i < 5_000; i++) {
      add(i);
    }
    show();
    add(7);
    for (int i = 0; i < 5_000; i++) {
      add(i);
    }

    window().remove();

    assertThat(numberOfChunks(), is(0L));
  }

  @Test
  public void remembersWhetherItHasEndedAndWaits() {
    OpenWindow window = window();
    assertThat(window.hasEnded(), is(false));
    window.setEnded();
    window.setWaiting();
    state = window.write();

    assertThat(window().hasEnded(), is(true));
    assertThat(window().isWaiting(), is(true));
    assertThat(window().last(), is(-1L));

    add(1);
    show();
    assertThat(window().hasEnded(), is(true));
    assertThat(window().isWaiting(), is(false));
  }

  private OpenWindow window() {
    return OpenWindow.read(-60, state, COUNTS, chunks);
  }

  private void add(int... groups) {
    ByteWriter partials = new ByteWriter();
    for (int group : groups) {
      COUNTS.writeContribution(
          new EventView(event("e", 0, "{\"page\":\"" + group + "\"}"), PayloadReader.plain()),
          partials);
    }
    OpenWindow window = window();
    window.add(partials.toByteArray());
    state = window.write();
  }

  private Map<Integer, Long> show() {
    OpenWindow window = window();
    OpenWindow.Shown shown = window.show();
    state = window.write();
    Map<Integer, Long> counts = new HashMap<>();
    for (int row = 0; row < shown.grown(); row++) {
      GroupTable table = shown.table();
      assertThat(table.start(row), is(-60L));
      assertThat(table.end(row), is(0L));
      String page = new ByteReader(table.group(row)).readNullableString();
      counts.put(Integer.valueOf(page), (Long) table.result(row, 0));
    }
    return counts;
  }

  private long numberOfChunks() {
    return StreamSupport.stream(chunks.keys().read().spliterator(), false).count();
  }

  private long bytes() {
    return state.length
        + StreamSupport.stream(chunks.values().read().spliterator(), false)
            .mapToLong(chunk -> chunk.length)
            .sum();
  }
}
