package dev.leat.block;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.google.common.hash.Hashing;
import java.util.List;
import org.junit.Test;

public class FingerprintTest {
  private final Fingerprint fingerprint = new Fingerprint();

  /** Saved state holds these hashes. */
  @Test
  public void hashesIdentityAsItAlwaysHas() {
    for (String id : List.of("", "f1", "Zürich", "日本😀", "a longer one with more than sixteen")) {
      long expected =
          Hashing.murmur3_128()
              .newHasher()
              .putInt("wiki".length())
              .putUnencodedChars("wiki")
              .putUnencodedChars(id)
              .hash()
              .asLong();

      fingerprint.identity("wiki", id);
      assertThat(id, fingerprint.hashLow(), is(expected));

      byte[] bytes = ("xx" + id + "yy").getBytes(UTF_8);
      fingerprint.identity("wiki", bytes, 2, bytes.length - 4);
      assertThat(id, fingerprint.hashLow(), is(expected));
    }
  }

  @Test
  public void tellsWhereTheSourceEnds() {
    fingerprint.identity("a", "bc");
    long first = fingerprint.hashLow();
    fingerprint.identity("ab", "c");

    assertThat(first == fingerprint.hashLow(), is(false));
  }
}
