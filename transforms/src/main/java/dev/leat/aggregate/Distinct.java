package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.util.HashSet;
import java.util.Set;

/** The exact number of different texts. */
final class Distinct implements Accumulator {
  private final Set<String> values = new HashSet<>();

  @Override
  public void add(Object input) {
    values.add((String) input);
  }

  @Override
  public void write(ByteWriter out) {
    out.writeVarint(values.size());
    values.forEach(out::writeString);
  }

  @Override
  public void merge(ByteReader in) {
    for (int left = in.readCount(); left > 0; left--) {
      values.add(in.readString());
    }
  }

  @Override
  public Object result() {
    return (long) values.size();
  }
}
