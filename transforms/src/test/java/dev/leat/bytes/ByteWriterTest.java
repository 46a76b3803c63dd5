package dev.leat.bytes;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.Test;

public class ByteWriterTest {

  @Test
  public void whatIsDetachedStaysWhileMoreIsWritten() {
    for (int capacity : new int[] {0, 1, 8, 1_000}) {
      ByteWriter out = new ByteWriter(capacity);

      ByteReader first = out.writeString("first").detach();
      int left = out.size();
      ByteReader second = out.writeString("second").writeString("third").detach();
      ByteReader empty = out.detach();

      assertThat(left, is(0));
      assertThat(first.readString(), is("first"));
      assertThat(first.hasMore(), is(false));
      assertThat(second.readString(), is("second"));
      assertThat(second.readString(), is("third"));
      assertThat(second.hasMore(), is(false));
      assertThat(empty.hasMore(), is(false));
    }
  }

  @Test
  public void detachesABufferThatIsFullByHalfWithoutACopy() {
    ByteWriter out = new ByteWriter(100).writeRaw(new byte[50], 0, 50);
    byte[] buffer = out.array();

    assertThat(out.detach().array(), sameInstance(buffer));

    // Of one that is not, nobody holds on to the rest.
    ByteWriter roomy = new ByteWriter(100).writeRaw(new byte[49], 0, 49);
    buffer = roomy.array();
    byte[] detached = roomy.detach().array();

    assertThat(detached, not(sameInstance(buffer)));
    assertThat(detached.length, is(49));
  }

  @Test
  public void takesABufferThatWillDoForAsMuchAgain() {
    ByteWriter out = new ByteWriter(64).writeRaw(new byte[60], 0, 60);
    out.detach();
    out.writeByte(1);
    byte[] buffer = out.array();

    out.writeRaw(new byte[59], 0, 59);

    assertThat(out.array(), sameInstance(buffer));
  }

  @Test
  public void framesWhatAReaderHasLeft() throws IOException {
    ByteReader rest = new ByteWriter().writeString("a").writeString("b").detach();
    rest.readString();
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    Framed.write(new ByteWriter().writeString("first"), rest, out);

    ByteReader both = Framed.read(new ByteArrayInputStream(out.toByteArray()), "two texts");
    assertThat(both.readString(), is("first"));
    assertThat(both.readString(), is("b"));
    assertThat(both.hasMore(), is(false));
    assertThat(rest.readString(), is("b"));
  }
}
