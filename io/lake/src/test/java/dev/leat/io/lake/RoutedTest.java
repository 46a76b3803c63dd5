package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.event;
import static dev.leat.io.lake.LakeFixture.letter;
import static dev.leat.io.lake.LakeFixture.rawBlock;
import static org.junit.Assert.assertThrows;

import java.io.ByteArrayInputStream;
import java.util.List;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.testing.CoderProperties;
import org.junit.Test;

public class RoutedTest {
  private static final Routed.RoutedCoder CODER = Routed.RoutedCoder.of();

  @Test
  public void comesBackFromItsBytes() throws Exception {
    RawBlock block = rawBlock(List.of(event("a", "2015-09-12T13:00:00Z", "en", "/in/a", 1)));

    for (Routed routed :
        List.of(
            new Routed.Events(block),
            new Routed.Letter(letter("/in/a", 2)),
            new Routed.Taken(Long.MAX_VALUE, 0))) {
      CoderProperties.coderDecodeEncodeEqual(CODER, routed);
    }
  }

  @Test
  public void refusesAnotherKind() {
    assertThrows(
        CoderException.class, () -> CODER.decode(new ByteArrayInputStream(new byte[] {1, 3})));
  }
}
