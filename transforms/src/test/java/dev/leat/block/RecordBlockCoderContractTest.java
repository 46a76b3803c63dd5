package dev.leat.block;

import dev.leat.testing.fixtures.CoderContract;
import org.jspecify.annotations.Nullable;
import org.junit.Test;

public class RecordBlockCoderContractTest {
  private static final byte[] BYTES = {'a', 0, (byte) 0xFF};

  @Test
  public void keepsContract() {
    CoderContract.check(
        RecordBlockCoder.of(),
        RecordBlock.builder("file:///a", 0, null).build(),
        RecordBlock.builder("", 0, null).build(),
        RecordBlock.builder("file:///水", 3, null).build(),
        RecordBlock.builder("file:///a", -1, "").build(),
        RecordBlock.builder("file:///a", Integer.MAX_VALUE, "id,name").build(),
        block(null, 1, null),
        block(null, Long.MAX_VALUE, null),
        block("id,name", -1, ""),
        block("id,name", 1, "longer than 16777216 bytes"),
        RecordBlock.builder("file:///a", 0, null).attempt(3).add(1, BYTES, 0, 3).build(),
        RecordBlock.builder("file:///a", 0, null)
            .add(1, BYTES, 0, 0)
            .add(2, BYTES, 1, 2)
            .add(3, new byte[50_000], 0, 50_000)
            .build());
  }

  @Test
  public void refusesDamage() {
    CoderContract.checkDamaged(RecordBlockCoder.of(), block("id,name", 1, "too long"));
  }

  private static RecordBlock block(@Nullable String header, long offset, @Nullable String problem) {
    return RecordBlock.builder("file:///a", 0, header)
        .add(offset, BYTES, 0, BYTES.length, problem)
        .build();
  }
}
