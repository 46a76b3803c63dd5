package dev.leat.io.lake;

/**
 * Small files that were made into large ones, or would be.
 *
 * @param partitions how many had some
 * @param files how many there were
 * @param written how many there are in their place; 0 if nothing was done
 * @param rows how many are in them, unchanged
 * @param bytes what they took
 * @param bytesWritten what those in their place take
 */
public record Compacted(
    int partitions, int files, int written, long rows, long bytes, long bytesWritten) {

  static final Compacted NOTHING = new Compacted(0, 0, 0, 0, 0, 0);

  Compacted plus(Compacted other) {
    return new Compacted(
        partitions + other.partitions,
        files + other.files,
        written + other.written,
        rows + other.rows,
        bytes + other.bytes,
        bytesWritten + other.bytesWritten);
  }
}
