package dev.leat.bytes;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.Test;

public class Murmur3Test {
  @Test
  public void hashesAsGuavaDoes() {
    Random random = new Random(3);
    Murmur3 hash = new Murmur3();
    for (int i = 0; i < 5000; i++) {
      byte[] bytes = new byte[random.nextInt(i < 1000 ? 50 : 300)];
      random.nextBytes(bytes);
      int from = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
      int length = random.nextInt(bytes.length - from + 1);

      hash.hash(bytes, from, length);

      HashCode expected = Hashing.murmur3_128().hashBytes(bytes, from, length);
      ByteBuffer halves = ByteBuffer.wrap(expected.asBytes()).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(hash.low(), is(halves.getLong()));
      assertThat(hash.high(), is(halves.getLong()));
      assertThat(hash.low(), is(expected.asLong()));
    }
  }
}
