package dev.leat.field;

import com.fasterxml.jackson.core.JsonPointer;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A place in an event. {@code /page/title} is a JSON pointer (<a
 * href="https://www.rfc-editor.org/rfc/rfc6901">RFC 6901</a>) into the payload, for CSV {@code
 * /column name} or {@code /0}; {@code tenant} is a field of the envelope; {@code country.name} is
 * within the derived field {@code country}.
 */
public final class FieldRef implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The fields of the envelope that can be named. */
  public static final ImmutableSet<String> ENVELOPE =
      ImmutableSet.of(
          "id", "source", "type", "subject", "time", "tenant", "sequence", "schema", "contentType");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");

  private final String text;

  /** The names of a place outside the payload, cut once: places are read for every event. */
  private final ImmutableList<String> path;

  private FieldRef(String text, ImmutableList<String> path) {
    this.text = text;
    this.path = path;
  }

  /**
   * Reads a place.
   *
   * @throws IllegalArgumentException if it is neither a JSON pointer nor a name; the message says
   *     what would work
   */
  public static FieldRef parse(String text) {
    if (text.startsWith("/")) {
      try {
        JsonPointer.compile(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("'" + text + "' is not a JSON pointer such as /page", e);
      }
      if (text.length() == 1) {
        throw new IllegalArgumentException("'/' names nothing; expected a pointer such as /page");
      }
      return new FieldRef(text, ImmutableList.of());
    }
    ImmutableList<String> path = ImmutableList.copyOf(Splitter.on('.').split(text));
    for (String part : path) {
      if (!NAME.matcher(part).matches()) {
        throw new IllegalArgumentException(
            "expected a pointer into the payload such as /page, or a name such as tenant or"
                + " country.name, got '"
                + text
                + "'");
      }
    }
    return new FieldRef(text, path);
  }

  /** Whether {@code text} can name a derived field. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  public boolean isInPayload() {
    return text.startsWith("/");
  }

  /** Whether it names a field of the envelope. */
  public boolean isInEnvelope() {
    return ENVELOPE.contains(text);
  }

  /** For a derived field the name of the field itself: {@code country} of {@code country.name}. */
  public String root() {
    return isInPayload() ? text : path.get(0);
  }

  /** The last part: the name a result column has. */
  public String name() {
    if (isInPayload()) {
      String last = text.substring(text.lastIndexOf('/') + 1);
      return last.replace("~1", "/").replace("~0", "~");
    }
    return path.get(path.size() - 1);
  }

  /** The names that a pointer goes through, decoded. */
  List<String> pointerNames() {
    List<String> names = new java.util.ArrayList<>();
    for (JsonPointer left = JsonPointer.compile(text); !left.matches(); left = left.tail()) {
      names.add(left.getMatchingProperty());
    }
    return names;
  }

  List<String> path() {
    return path;
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldRef && text.equals(((FieldRef) other).text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
