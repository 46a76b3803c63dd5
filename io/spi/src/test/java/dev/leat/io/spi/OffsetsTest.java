package dev.leat.io.spi;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import org.junit.Test;

public class OffsetsTest {
  @Test
  public void keepsPartitionsAndOriginsApart() {
    Offsets offsets = new Offsets();
    offsets.add("kafka://c/a", 0, 0, 10);
    offsets.add("kafka://c/a", 1, 5);
    offsets.add("kafka://c/b", 0, 3, 3);

    assertThat(offsets.contains("kafka://c/a", 0, 9), is(true));
    assertThat(offsets.contains("kafka://c/a", 1, 9), is(false));
    assertThat(offsets.contains("kafka://c/b", 0, 3), is(false));
    assertThat(offsets.size(), is(11L));
    assertThat(offsets.toString(), is("{kafka://c/a={0=0-9, 1=5}}"));
  }

  @Test
  public void comparesWithOthers() {
    Offsets all = new Offsets();
    all.add("a", 0, 0, 10);
    all.add("a", 1, 0, 10);
    Offsets part = new Offsets();
    part.add("a", 1, 3, 7);
    Offsets beyond = new Offsets();
    beyond.add("a", 1, 9, 12);
    Offsets other = new Offsets();
    other.add("b", 1, 3, 7);

    assertThat(all.containsAll(part), is(true));
    assertThat(all.intersects(part), is(true));
    assertThat(all.containsAll(beyond), is(false));
    assertThat(all.intersects(beyond), is(true));
    assertThat(all.intersects(other), is(false));
    assertThat(all.containsAll(new Offsets()), is(true));
  }

  @Test
  public void isTheSameAfterItsBytes() {
    Offsets offsets = new Offsets();
    offsets.add("a", 0, 0, 10);
    offsets.add("a", 7, 100, 110);
    offsets.add("b", 0, 5);
    ByteWriter out = new ByteWriter();

    offsets.writeTo(out);

    assertThat(Offsets.readFrom(new ByteReader(out.toByteArray())), is(offsets));
    assertThat(Offsets.copyOf(offsets), is(offsets));
  }

  @Test
  public void aCopyGrowsByItself() {
    Offsets offsets = new Offsets();
    offsets.add("a", 0, 0, 10);
    Offsets copy = Offsets.copyOf(offsets);

    copy.add("a", 0, 10);

    assertThat(offsets.contains("a", 0, 10), is(false));
    assertThat(copy.contains("a", 0, 10), is(true));
  }
}
