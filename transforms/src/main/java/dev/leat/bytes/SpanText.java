package dev.leat.bytes;

/** The text of a span, decoded only where it is another than the last. */
public final class SpanText {
  private final ByteSpan last = new ByteSpan();
  private String text = "";

  public String of(ByteSpan span) {
    if (!last.hasBytesOf(span)) {
      text = span.toText();
      // Not the span itself, which would keep the array alive that it is a piece of.
      last.setText(text);
    }
    return text;
  }
}
