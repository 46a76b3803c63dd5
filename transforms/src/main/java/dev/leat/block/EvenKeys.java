package dev.leat.block;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;

/**
 * Keys that Flink spreads evenly. It gives each key to the task that the hash of its encoding says,
 * and all wait for the task that has most: in a bounded run, of 64 keys counted from 0, one of two
 * tasks gets 37, one of eight 16. So keys are chosen by where they land. Lists of them are made
 * once, with the pipeline; a partition's key by each worker, all the same one. In a job that goes
 * on from a checkpoint they must be those of before. Runners that hash in another way spread them
 * as they would any keys.
 */
public final class EvenKeys {
  /**
   * Tasks that divide this have as many keys as each other, or one more: 1 to 6, 8, 10, 12, 15, 16,
   * 20, 24, 30, 32, 40, 48, 60, 64.
   */
  private static final int BOUNDED_PLACES = 960;

  /** The same for names, of which more are looked for; without 32 and 64. */
  private static final int NAME_PLACES = 240;

  /** A live run's {@code --maxParallelism}, unless another is given. */
  private static final int KEY_GROUPS = 128;

  /** Some thousand are enough if their hashes are as many. */
  private static final int MOST_CANDIDATES = 1 << 20;

  private static final HashFunction MURMUR_OF_FLINK = Hashing.murmur3_32_fixed();
  private static final HashFunction MURMUR_OF_BEAM = Hashing.murmur3_128();

  private EvenKeys() {}

  /**
   * As many keys as asked for, for a bounded run.
   *
   * @param count up to 960
   * @param candidates a key for each number from 0
   */
  public static <K> List<K> bounded(int count, Coder<K> coder, IntFunction<K> candidates) {
    checkArgument(count <= BOUNDED_PLACES, "count: expected up to 960, got %s", count);
    return choose(
        count,
        candidates,
        key -> spread(Arrays.hashCode(encode(key, coder, Coder.Context.OUTER))) % BOUNDED_PLACES);
  }

  /**
   * As many keys as asked for, for a live run.
   *
   * @param count divides 128
   * @param candidates a key for each number from 0
   */
  public static <K> List<K> live(int count, Coder<K> coder, IntFunction<K> candidates) {
    checkArgument(
        count > 0 && KEY_GROUPS % count == 0, "count: expected a divisor of 128, got %s", count);
    int every = KEY_GROUPS / count;
    return choose(
        count,
        candidates,
        key -> {
          byte[] encoded = encode(key, coder, Coder.Context.NESTED);
          int group = spread(MURMUR_OF_BEAM.hashBytes(encoded).asInt()) % KEY_GROUPS;
          return group % every == 0 ? group / every : count;
        });
  }

  /**
   * A key of a bounded run, as {@link org.apache.beam.sdk.coders.StringUtf8Coder} encodes it: the
   * name and a number. Keys of places that follow each other go to one task after the other. Takes
   * some microseconds.
   */
  public static String atPlace(long place, String name) {
    int wanted = Math.floorMod(place, NAME_PLACES);
    String prefix = name + "/";
    int hashOfPrefix = Arrays.hashCode(prefix.getBytes(StandardCharsets.UTF_8));
    int number = 0;
    while (true) {
      String digits = Integer.toString(number);
      int hash = hashOfPrefix;
      for (int i = 0; i < digits.length(); i++) {
        hash = 31 * hash + digits.charAt(i);
      }
      if (spread(hash) % NAME_PLACES == wanted) {
        return prefix + digits;
      }
      number++;
    }
  }

  private static <K> List<K> choose(
      int count, IntFunction<K> candidates, ToIntFunction<K> placeOf) {
    List<K> keys = new ArrayList<>(Collections.nCopies(count, null));
    int missing = count;
    for (int number = 0; missing > 0; number++) {
      checkState(number < MOST_CANDIDATES, "%s candidates land in too few places", number);
      K key = candidates.apply(number);
      int place = placeOf.applyAsInt(key);
      if (place < count && keys.get(place) == null) {
        keys.set(place, key);
        missing--;
      }
    }
    return List.copyOf(keys);
  }

  private static <K> byte[] encode(K key, Coder<K> coder, Coder.Context context) {
    try {
      return CoderUtils.encodeToByteArray(coder, key, context);
    } catch (CoderException e) {
      throw new IllegalStateException("Cannot encode the key " + key, e);
    }
  }

  /** What Flink makes of a hash before it looks for its task: {@code MathUtils.murmurHash}. */
  private static int spread(int hash) {
    int mixed = MURMUR_OF_FLINK.hashInt(hash).asInt();
    return mixed == Integer.MIN_VALUE ? 0 : Math.abs(mixed);
  }
}
