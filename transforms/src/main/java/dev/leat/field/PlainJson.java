package dev.leat.field;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.base.Utf8;
import dev.leat.bytes.ByteWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the values at a few places of a JSON object in one pass over its bytes, without a tree.
 *
 * <p>It reads <em>plain</em> documents only, and says of all others that they are not. What it
 * reads it reads exactly as {@link dev.leat.event.Json} and the tree do; whoever meets a document
 * that is not plain asks them. Not plain are: what is no JSON or no object; names with escapes, and
 * texts with escapes at a place that is asked for; a name on the way to such a place that comes
 * twice; an array on the way; numbers of more than {@value #LONGEST_NUMBER} characters or with an
 * exponent; more than {@value #DEEPEST} levels.
 *
 * <p>Not for more than one thread.
 */
public final class PlainJson {
  /** What is at a place. */
  public enum Kind {
    MISSING,
    NULL,
    TRUE,
    FALSE,
    /** A text without escapes: its UTF-8 stands between {@link #from} and {@link #to}. */
    TEXT,
    /** Digits, with a minus or without. */
    INTEGER,
    /** Digits with a point. */
    DECIMAL,
    OBJECT,
    ARRAY
  }

  private static final int LONGEST_NUMBER = 40;
  private static final int DEEPEST = 60;
  private static final int NOT_PLAIN = -1;

  private static final boolean[] ORDINARY = ordinary();

  private final Step root;
  private final Kind[] kinds;
  private final int[] froms;
  private final int[] tos;
  private byte[] bytes = new byte[0];
  private int end;
  private int run;
  private int anyOf;

  private PlainJson(Step root, int places) {
    this.root = root;
    this.kinds = new Kind[places];
    this.froms = new int[places];
    this.tos = new int[places];
  }

  /**
   * @param places into the payload; a place has the number at which it stands here
   */
  public static PlainJson of(List<FieldRef> places) {
    Step root = new Step("");
    for (int place = 0; place < places.size(); place++) {
      Step step = root;
      for (String name : places.get(place).pointerNames()) {
        step = step.childNamed(name);
      }
      step.places = Arrays.copyOf(step.places, step.places.length + 1);
      step.places[step.places.length - 1] = place;
    }
    return new PlainJson(root, places.size());
  }

  /**
   * Reads a document.
   *
   * @return whether it is plain; if not, nothing is known of it
   */
  public boolean read(byte[] document, int from, int length) {
    bytes = document;
    end = from + length;
    anyOf = 0;
    run++;
    Arrays.fill(kinds, Kind.MISSING);
    int at = space(from);
    if (at >= end || bytes[at] != '{') {
      return false;
    }
    at = object(root, at);
    return at != NOT_PLAIN
        && space(at) == end
        && (anyOf >= 0 || Utf8.isWellFormed(document, from, length));
  }

  /** The document's bytes. */
  public byte[] bytes() {
    return bytes;
  }

  public Kind kind(int place) {
    return kinds[place];
  }

  /** Where the text or number at a place begins in {@link #bytes}. */
  public int from(int place) {
    return froms[place];
  }

  /** Where it ends. */
  public int to(int place) {
    return tos[place];
  }

  /** The characters of the text or number at a place. */
  public String text(int place) {
    return new String(bytes, froms[place], tos[place] - froms[place], StandardCharsets.UTF_8);
  }

  /**
   * Writes the value at a place as {@link Values#text} has it, as a nullable string.
   *
   * @return whether it could: not so an object or array
   */
  public boolean writeText(int place, ByteWriter out) {
    switch (kinds[place]) {
      case MISSING, NULL -> out.writeVarint(0);
      case TRUE -> out.writeNullableString("true");
      case FALSE -> out.writeNullableString("false");
      case DECIMAL -> out.writeNullableString(Values.plain(new BigDecimal(text(place))));
      case INTEGER -> {
        if (isMinusZero(place)) {
          out.writeNullableString("0");
        } else {
          writeBytes(place, out);
        }
      }
      case TEXT -> writeBytes(place, out);
      case OBJECT, ARRAY -> {
        return false;
      }
    }
    return true;
  }

  private void writeBytes(int place, ByteWriter out) {
    int length = tos[place] - froms[place];
    out.writeVarint(length + 1L).writeRaw(bytes, froms[place], length);
  }

  private boolean isMinusZero(int place) {
    return tos[place] - froms[place] == 2
        && bytes[froms[place]] == '-'
        && bytes[froms[place] + 1] == '0';
  }

  /** The text or number at a place as the tree has it. */
  public JsonNode node(int place) {
    return kinds[place] == Kind.TEXT
        ? TextNode.valueOf(text(place))
        : DecimalNode.valueOf(new BigDecimal(text(place)));
  }

  // Each of these takes a position and returns the one after what it read, or NOT_PLAIN.

  private int object(Step step, int open) {
    int at = space(open + 1);
    if (at < end && bytes[at] == '}') {
      return at + 1;
    }
    while (at < end && bytes[at] == '"') {
      int nameFrom = at + 1;
      int nameTo = ordinaryText(nameFrom);
      if (nameTo >= end || bytes[nameTo] != '"') {
        return NOT_PLAIN;
      }
      at = space(nameTo + 1);
      if (at >= end || bytes[at] != ':') {
        return NOT_PLAIN;
      }
      at = space(at + 1);
      Step child = step.child(bytes, nameFrom, nameTo);
      at = child == null ? skip(at) : value(child, at);
      if (at == NOT_PLAIN) {
        return NOT_PLAIN;
      }
      at = space(at);
      if (at >= end || bytes[at] != ',') {
        return at < end && bytes[at] == '}' ? at + 1 : NOT_PLAIN;
      }
      at = space(at + 1);
    }
    return NOT_PLAIN;
  }

  private int value(Step step, int at) {
    if (step.lastRun == run || at >= end) {
      return NOT_PLAIN;
    }
    step.lastRun = run;
    int after;
    switch (bytes[at]) {
      case '"':
        after = ordinaryText(at + 1);
        if (after >= end || bytes[after] != '"') {
          return NOT_PLAIN;
        }
        found(step, Kind.TEXT, at + 1, after);
        return after + 1;
      case '{':
        found(step, Kind.OBJECT, at, at);
        return step.children.length == 0 ? skip(at) : object(step, at);
      case '[':
        found(step, Kind.ARRAY, at, at);
        return step.children.length == 0 ? skip(at) : NOT_PLAIN;
      case 't':
        found(step, Kind.TRUE, at, at);
        return skip(at);
      case 'f':
        found(step, Kind.FALSE, at, at);
        return skip(at);
      case 'n':
        found(step, Kind.NULL, at, at);
        return skip(at);
      default:
        int digitsTo = integer(at);
        after = digitsTo == NOT_PLAIN ? NOT_PLAIN : fraction(digitsTo, at);
        found(step, after == digitsTo ? Kind.INTEGER : Kind.DECIMAL, at, after);
        return after;
    }
  }

  private void found(Step step, Kind kind, int from, int to) {
    for (int place : step.places) {
      kinds[place] = kind;
      froms[place] = from;
      tos[place] = to;
    }
  }

  /** Passes over a value of any kind. */
  private int skip(int at) {
    if (at >= end) {
      return NOT_PLAIN;
    }
    switch (bytes[at]) {
      case '"':
        return anyText(at + 1);
      case '{':
      case '[':
        return container(at);
      case 't':
        return word(at, "true");
      case 'f':
        return word(at, "false");
      case 'n':
        return word(at, "null");
      default:
        int digitsTo = integer(at);
        return digitsTo == NOT_PLAIN ? NOT_PLAIN : fraction(digitsTo, at);
    }
  }

  /** Passes over an object or array, with a bit for each open bracket in place of a stack. */
  private int container(int open) {
    long objects = 0;
    int depth = 0;
    int at = open;
    while (true) {
      // Here a value begins.
      if (at >= end) {
        return NOT_PLAIN;
      }
      byte b = bytes[at];
      if (b == '{' || b == '[') {
        if (++depth > DEEPEST) {
          return NOT_PLAIN;
        }
        objects = objects << 1 | (b == '{' ? 1 : 0);
        at = space(at + 1);
        if (at < end && bytes[at] == (b == '{' ? '}' : ']')) {
          depth--;
          objects >>>= 1;
          at++;
        } else if (b == '{') {
          at = name(at);
          if (at == NOT_PLAIN) {
            return NOT_PLAIN;
          }
          continue;
        } else {
          continue;
        }
      } else {
        at = skip(at);
        if (at == NOT_PLAIN) {
          return NOT_PLAIN;
        }
      }
      // Here one has ended.
      while (depth > 0) {
        at = space(at);
        if (at >= end) {
          return NOT_PLAIN;
        }
        boolean inObject = (objects & 1) == 1;
        b = bytes[at];
        if (b == ',') {
          at = space(at + 1);
          if (inObject) {
            at = name(at);
            if (at == NOT_PLAIN) {
              return NOT_PLAIN;
            }
          }
          break;
        }
        if (b != (inObject ? '}' : ']')) {
          return NOT_PLAIN;
        }
        depth--;
        objects >>>= 1;
        at++;
      }
      if (depth == 0) {
        return at;
      }
    }
  }

  /** A name and its colon. */
  private int name(int at) {
    if (at >= end || bytes[at] != '"') {
      return NOT_PLAIN;
    }
    int after = anyText(at + 1);
    if (after == NOT_PLAIN) {
      return NOT_PLAIN;
    }
    after = space(after);
    return after < end && bytes[after] == ':' ? space(after + 1) : NOT_PLAIN;
  }

  /** Up to the first byte that is not plain text: a quote, an escape, a control character. */
  private int ordinaryText(int from) {
    int at = from;
    int all = 0;
    while (at < end) {
      byte b = bytes[at];
      if (!ORDINARY[b & 0xFF]) {
        break;
      }
      all |= b;
      at++;
    }
    anyOf |= all;
    return at;
  }

  /** A text's rest with its quote. */
  private int anyText(int from) {
    int at = ordinaryText(from);
    while (at < end && bytes[at] == '\\') {
      at = escape(at + 1);
      if (at == NOT_PLAIN) {
        return NOT_PLAIN;
      }
      at = ordinaryText(at);
    }
    return at < end && bytes[at] == '"' ? at + 1 : NOT_PLAIN;
  }

  private int escape(int at) {
    if (at >= end) {
      return NOT_PLAIN;
    }
    switch (bytes[at]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
        return at + 1;
      case 'u':
        for (int i = at + 1; i < at + 5; i++) {
          if (i >= end || Character.digit(bytes[i], 16) < 0) {
            return NOT_PLAIN;
          }
        }
        return at + 5;
      default:
        return NOT_PLAIN;
    }
  }

  private int integer(int from) {
    int at = from < end && bytes[from] == '-' ? from + 1 : from;
    if (at < end && bytes[at] == '0') {
      return at + 1;
    }
    int to = digits(at);
    return to == at ? NOT_PLAIN : to;
  }

  private int fraction(int digitsTo, int from) {
    int at = digitsTo;
    if (at < end && bytes[at] == '.') {
      int to = digits(at + 1);
      if (to == at + 1) {
        return NOT_PLAIN;
      }
      at = to;
    }
    boolean exponent = at < end && (bytes[at] == 'e' || bytes[at] == 'E');
    return exponent || at - from > LONGEST_NUMBER ? NOT_PLAIN : at;
  }

  private int digits(int from) {
    int at = from;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    return at;
  }

  private int word(int at, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= end || bytes[at + i] != word.charAt(i)) {
        return NOT_PLAIN;
      }
    }
    return at + word.length();
  }

  private int space(int from) {
    int at = from;
    while (at < end && isSpace(bytes[at])) {
      at++;
    }
    return at;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private static boolean[] ordinary() {
    boolean[] ordinary = new boolean[256];
    Arrays.fill(ordinary, 0x20, 256, true);
    ordinary['"'] = false;
    ordinary['\\'] = false;
    return ordinary;
  }

  /** A name on the way to a place. */
  private static final class Step {
    private static final Step[] NONE = {};

    private final byte[] name;
    private int[] places = {};
    private Step[] children = NONE;
    private int lastRun;

    Step(String name) {
      this.name = name.getBytes(StandardCharsets.UTF_8);
    }

    Step childNamed(String text) {
      byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
      Step known = child(wanted, 0, wanted.length);
      if (known != null) {
        return known;
      }
      children = Arrays.copyOf(children, children.length + 1);
      children[children.length - 1] = new Step(text);
      return children[children.length - 1];
    }

    @org.jspecify.annotations.Nullable
    Step child(byte[] bytes, int from, int to) {
      for (Step child : children) {
        if (child.name.length == to - from
            && Arrays.equals(child.name, 0, child.name.length, bytes, from, to)) {
          return child;
        }
      }
      return null;
    }
  }
}
