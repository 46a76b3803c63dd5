package dev.leat.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * A coder made of one function to a {@link ByteWriter} and one from a {@link ByteReader}: the
 * length, then the bytes. Deterministic if the functions are.
 */
public abstract class CodecCoder<T> extends AtomicCoder<T> {
  private static final long serialVersionUID = 1L;

  private static final ByteReader NOTHING = new ByteReader(new byte[0]);

  /** Writes all of the value but {@link #restOf}, which whoever calls this hands on as well. */
  protected abstract void write(T value, ByteWriter out);

  protected abstract T read(ByteReader in);

  /**
   * Bytes of the value that are there already, and come after what {@link #write} writes. They go
   * to the stream from where they are, and are not to be read from this reader. None by default.
   */
  protected ByteReader restOf(T value) {
    return NOTHING;
  }

  /** Provides {@code coder} for its type and the classes that AutoValue makes of it. */
  protected static CoderProvider provider(CodecCoder<?> coder) {
    return new CoderProvider() {
      @Override
      @SuppressWarnings("unchecked") // Values of a subtype are only ever made by its one AutoValue.
      public <T> Coder<T> coderFor(TypeDescriptor<T> type, List<? extends Coder<?>> components)
          throws CannotProvideCoderException {
        if (!coder.getEncodedTypeDescriptor().isSupertypeOf(type)) {
          throw new CannotProvideCoderException(
              "expected " + coder.getEncodedTypeDescriptor() + ", got " + type);
        }
        return (Coder<T>) coder;
      }
    };
  }

  @Override
  public final void encode(T value, OutputStream out) throws IOException {
    if (value == null) {
      throw new CoderException("cannot encode a null " + getEncodedTypeDescriptor());
    }
    ByteWriter bytes = new ByteWriter();
    write(value, bytes);
    Framed.write(bytes, restOf(value), out);
  }

  @Override
  public final T decode(InputStream in) throws IOException {
    ByteReader bytes = Framed.read(in, getEncodedTypeDescriptor());
    try {
      return read(bytes);
    } catch (RuntimeException e) {
      // Damaged bytes can fail in any check of any value that is made of them.
      throw new CoderException("cannot decode " + getEncodedTypeDescriptor(), e);
    }
  }

  @Override
  public final boolean consistentWithEquals() {
    return true;
  }

  @Override
  public final void verifyDeterministic() {}
}
