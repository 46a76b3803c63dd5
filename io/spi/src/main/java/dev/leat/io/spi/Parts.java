package dev.leat.io.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Divides what a bounded source reads among its splits. */
public final class Parts {
  /** For each split that a runner asks for there are about so many, so that the last are small. */
  private static final int FOR_EACH_ASKED = 8;

  private Parts() {}

  /**
   * Parts of one item or more, in their order, none of them empty. A part ends with the item that
   * makes it as large as an eighth of what the runner asks for.
   *
   * @param bytes the size of an item
   * @param desiredBytes how large a split the runner asks for
   */
  public static <T> List<List<T>> of(List<T> items, ToLongFunction<T> bytes, long desiredBytes) {
    long enough = Math.max(1, desiredBytes / FOR_EACH_ASKED);
    List<List<T>> parts = new ArrayList<>();
    List<T> part = new ArrayList<>();
    long size = 0;
    for (T item : items) {
      part.add(item);
      size += bytes.applyAsLong(item);
      if (size >= enough) {
        parts.add(part);
        part = new ArrayList<>();
        size = 0;
      }
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }
}
