package dev.leat.io.lake;

/** Writes elements of one partition to staged files. Ends with one of the two. */
interface ElementWriter<T> {
  void add(T element);

  /** Completes the last file, if there is one. */
  void finish();

  /** Throws the open file away, if there is one. */
  void abandon();
}
