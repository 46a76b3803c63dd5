package dev.leat.io.files;

/** Cuts at {@code LF} and {@code CRLF}. */
final class Lines implements Framing {
  private final Records out;
  private final boolean blankOnesToo;
  private final PartialRecord partial;
  private long line = 1;

  private Lines(Records out, boolean blankOnesToo) {
    this.out = out;
    this.blankOnesToo = blankOnesToo;
    this.partial = new PartialRecord(out.maxRecordBytes());
  }

  static Lines all(Records out) {
    return new Lines(out, true);
  }

  /** Lines of nothing but spaces and tabs are left out. */
  static Lines withoutBlankOnes(Records out) {
    return new Lines(out, false);
  }

  @Override
  public void push(byte[] bytes, int start, int end) {
    int from = start;
    for (int i = start; i < end; i++) {
      if (bytes[i] == '\n') {
        lineEndsAt(bytes, from, i);
        from = i + 1;
      }
    }
    partial.append(bytes, from, end - from);
  }

  private void lineEndsAt(byte[] bytes, int from, int newline) {
    if (partial.isEmpty()) {
      boolean carriageReturn = newline > from && bytes[newline - 1] == '\r';
      int length = newline - from - (carriageReturn ? 1 : 0);
      if (blankOnesToo || !isBlank(bytes, from, length)) {
        out.add(line, bytes, from, length);
      }
    } else {
      partial.append(bytes, from, newline - from);
      if (partial.endsWith('\r')) {
        partial.dropLast();
      }
      addPartial();
    }
    line++;
  }

  private void addPartial() {
    if (blankOnesToo
        || partial.length() > partial.kept()
        || !isBlank(partial.bytes(), 0, partial.kept())) {
      out.add(line, partial);
    }
    partial.clear();
  }

  @Override
  public void end() {
    if (!partial.isEmpty()) {
      addPartial();
    }
  }

  @Override
  public void broken(String problem) {
    out.problem(line, partial, problem);
  }

  private static boolean isBlank(byte[] bytes, int start, int length) {
    for (int i = start; i < start + length; i++) {
      if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
        return false;
      }
    }
    return true;
  }
}
