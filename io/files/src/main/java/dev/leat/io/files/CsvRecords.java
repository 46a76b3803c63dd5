package dev.leat.io.files;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Cuts CSV (RFC 4180): at line ends outside quotes. A quote opens only at the beginning of a field.
 *
 * <p>A quote that is never closed makes the rest of the file one record. Where that rest is not
 * longer than a record may be, only its first line becomes the problem and the lines after it are
 * read again, once: most such quotes are one row's mistake.
 */
final class CsvRecords implements Framing {
  private enum At {
    FIELD_START,
    UNQUOTED,
    QUOTED,
    QUOTE_IN_QUOTED
  }

  /** The header is repeated in every block, so it has a limit of its own. */
  private static final int MAX_HEADER_BYTES = 64 << 10;

  private static final String NEVER_CLOSED = "a quote is opened and never closed";

  private final Records out;
  private final PartialRecord partial;
  private final boolean rereading;
  private boolean headerIsNext;
  private boolean headerIsUseless;
  private At at = At.FIELD_START;
  private long line;
  private long recordLine;

  private CsvRecords(Records out, boolean headerIsNext, boolean rereading, long line) {
    this.out = out;
    this.partial = new PartialRecord(out.maxRecordBytes());
    this.headerIsNext = headerIsNext;
    this.rereading = rereading;
    this.line = line;
    this.recordLine = line;
  }

  static CsvRecords withHeader(Records out) {
    return new CsvRecords(out, true, false, 1);
  }

  static CsvRecords withoutHeader(Records out) {
    return new CsvRecords(out, false, false, 1);
  }

  @Override
  public void push(byte[] bytes, int start, int end) {
    int from = start;
    for (int i = start; i < end; i++) {
      byte b = bytes[i];
      if (b == '\n') {
        line++;
        if (at != At.QUOTED) {
          partial.append(bytes, from, i - from);
          recordEnds();
          from = i + 1;
        }
      } else {
        at = after(b);
      }
    }
    partial.append(bytes, from, end - from);
  }

  private At after(byte b) {
    return switch (at) {
      case FIELD_START -> b == '"' ? At.QUOTED : b == ',' ? At.FIELD_START : At.UNQUOTED;
      case UNQUOTED -> b == ',' ? At.FIELD_START : At.UNQUOTED;
      case QUOTED -> b == '"' ? At.QUOTE_IN_QUOTED : At.QUOTED;
      case QUOTE_IN_QUOTED -> b == '"' ? At.QUOTED : b == ',' ? At.FIELD_START : At.UNQUOTED;
    };
  }

  private void recordEnds() {
    if (partial.endsWith('\r')) {
      partial.dropLast();
    }
    if (!partial.isEmpty() && !headerIsUseless) {
      if (headerIsNext) {
        takeHeader();
      } else {
        out.add(recordLine, partial);
      }
    }
    partial.clear();
    at = At.FIELD_START;
    recordLine = line;
  }

  private void takeHeader() {
    headerIsNext = false;
    if (partial.length() > MAX_HEADER_BYTES) {
      headerIsUseless("the header is longer than " + MAX_HEADER_BYTES + " bytes");
    } else {
      out.header(new String(partial.bytes(), 0, partial.kept(), UTF_8));
    }
  }

  /** Without its header no record of the file can be understood: one problem stands for all. */
  private void headerIsUseless(String problem) {
    out.problem(recordLine, partial, problem + "; no record of this file is read");
    headerIsUseless = true;
  }

  @Override
  public void end() {
    if (headerIsUseless) {
      return;
    }
    if (at != At.QUOTED) {
      recordEnds();
    } else if (headerIsNext) {
      headerIsUseless(NEVER_CLOSED);
    } else if (partial.length() > out.maxRecordBytes()) {
      out.add(recordLine, partial);
    } else {
      readAgainWithoutFirstLine();
    }
  }

  private void readAgainWithoutFirstLine() {
    int firstLine = 0;
    while (firstLine < partial.kept() && partial.bytes()[firstLine] != '\n') {
      firstLine++;
    }
    // Only once: a file of many such lines would be read as often as it has lines.
    if (rereading || firstLine == partial.kept()) {
      out.problem(recordLine, partial, NEVER_CLOSED);
      return;
    }
    out.problem(recordLine, partial.bytes(), 0, firstLine, NEVER_CLOSED);
    CsvRecords rest = new CsvRecords(out, false, true, recordLine + 1);
    rest.push(partial.bytes(), firstLine + 1, partial.kept());
    rest.end();
  }

  @Override
  public void broken(String problem) {
    if (!headerIsUseless) {
      out.problem(recordLine, partial, problem);
    }
  }
}
