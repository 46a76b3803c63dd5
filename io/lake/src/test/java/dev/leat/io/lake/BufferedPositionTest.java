package dev.leat.io.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.file.Files;
import java.util.Random;
import org.apache.iceberg.io.PositionOutputStream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class BufferedPositionTest {
  private static final int[] LENGTHS = {0, 1, 7, 1000, 65_535, 65_536, 65_537, 200_000};

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void writesWhatItIsGivenAndKnowsThePosition() throws Exception {
    Random random = new Random(7);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    File file = new File(folder.getRoot(), "written");

    PositionOutputStream out =
        new BufferedPosition(org.apache.iceberg.Files.localOutput(file).create());
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[LENGTHS[random.nextInt(LENGTHS.length)] + 5];
      random.nextBytes(bytes);
      out.write(bytes, 2, bytes.length - 5);
      expected.write(bytes, 2, bytes.length - 5);
      out.write(i);
      expected.write(i);
      assertThat(out.getPos(), is((long) expected.size()));
      if (i % 50 == 0) {
        out.flush();
        assertThat(file.length(), is((long) expected.size()));
      }
    }
    out.close();
    out.close();

    assertThat(out.getPos(), is((long) expected.size()));
    assertThat(Files.readAllBytes(file.toPath()), is(expected.toByteArray()));
  }
}
