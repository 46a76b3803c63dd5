package dev.leat.io.files;

import java.util.BitSet;

/**
 * Cuts one JSON document into the elements of its array, by brackets, strings and commas alone;
 * whether an element is JSON is seen when it is parsed. A document that is no array is one record.
 *
 * <p>At the first place where the array itself is not one (a comma too many, a bracket that does
 * not match, no end), the elements before are records, and all that follows is one problem.
 */
final class JsonElements implements Framing {
  private enum In {
    NOTHING_YET,
    DOCUMENT,
    BEFORE_ELEMENT,
    ELEMENT,
    STRING,
    ESCAPE,
    AFTER_ARRAY,
    FAULT
  }

  private final Records out;
  private final PartialRecord partial;
  private final BitSet isObject = new BitSet();
  private int depth;
  private In in = In.NOTHING_YET;
  private long element = 1;
  private String fault = "";

  JsonElements(Records out) {
    this.out = out;
    this.partial = new PartialRecord(out.maxRecordBytes());
  }

  @Override
  public void push(byte[] bytes, int start, int end) {
    int from = start;
    for (int i = start; i < end; i++) {
      byte b = bytes[i];
      switch (in) {
        case STRING -> in = b == '"' ? In.ELEMENT : b == '\\' ? In.ESCAPE : In.STRING;
        case ESCAPE -> in = In.STRING;
        case ELEMENT -> {
          if (inElement(b)) {
            partial.append(bytes, from, i - from);
            elementEnds();
            from = i + 1;
          }
        }
        case NOTHING_YET, BEFORE_ELEMENT, AFTER_ARRAY -> {
          from = i + 1;
          if (!isWhiteSpace(b) && outside(b)) {
            from = i;
          }
        }
        case DOCUMENT, FAULT -> i = end;
      }
    }
    partial.append(bytes, from, end - from);
  }

  /** Whether {@code b}, which stands outside elements, belongs to what is read next. */
  private boolean outside(byte b) {
    if (in == In.NOTHING_YET) {
      in = b == '[' ? In.BEFORE_ELEMENT : In.DOCUMENT;
      return b != '[';
    }
    if (in == In.AFTER_ARRAY) {
      return faultAt("content after the end of the array");
    }
    if (b == ']' && element == 1) {
      in = In.AFTER_ARRAY;
      return false;
    }
    in = In.ELEMENT;
    depth = 0;
    if (b == ',' || b == ']') {
      return faultAt("an element is missing");
    }
    inElement(b);
    return true;
  }

  /** Whether {@code b}, read outside strings, ends the element; changes {@link #in}. */
  private boolean inElement(byte b) {
    switch (b) {
      case '"' -> in = In.STRING;
      case '[', '{' -> open(b == '{');
      case ']', '}' -> {
        if (depth == 0 && b == ']') {
          in = In.AFTER_ARRAY;
          return true;
        }
        if (depth == 0 || isObject.get(--depth) != (b == '}')) {
          faultAt("a bracket that was not opened");
        }
      }
      case ',' -> {
        if (depth == 0) {
          in = In.BEFORE_ELEMENT;
          return true;
        }
      }
      default -> {}
    }
    return false;
  }

  private void open(boolean object) {
    // Deeper than this, the element is too long anyway, and the bits would grow without bound.
    if (depth > out.maxRecordBytes()) {
      faultAt("nested deeper than a record is long");
      return;
    }
    isObject.set(depth++, object);
  }

  private boolean faultAt(String problem) {
    fault = problem;
    in = In.FAULT;
    return true;
  }

  private void elementEnds() {
    dropWhiteSpaceAtEnd();
    out.add(element++, partial);
    partial.clear();
  }

  private void dropWhiteSpaceAtEnd() {
    while (partial.endsWith(' ')
        || partial.endsWith('\n')
        || partial.endsWith('\r')
        || partial.endsWith('\t')) {
      partial.dropLast();
    }
  }

  @Override
  public void end() {
    switch (in) {
      case DOCUMENT -> elementEnds();
      case FAULT -> broken("not a JSON array: " + fault);
      case BEFORE_ELEMENT, ELEMENT, STRING, ESCAPE -> broken("not a JSON array: it ends too early");
      case NOTHING_YET, AFTER_ARRAY -> {}
    }
  }

  @Override
  public void broken(String problem) {
    out.problem(element, partial, problem);
  }

  private static boolean isWhiteSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
