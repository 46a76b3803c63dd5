package dev.leat.bytes;

/** Bytes that no {@link ByteWriter} of this version wrote. */
public final class CorruptBytesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CorruptBytesException(String what) {
    super("Corrupt bytes: " + what);
  }
}
