package dev.leat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Random;

/** Random JSON objects with a few names that tests ask for, and damaged ones, by a seed. */
public final class HostileJson {
  private static final String[] NAMES = {
    "id", "time", "x", "page", "a", "b", "x", "page", "", "é", "i\\u0064", "deep\\/er", "0"
  };
  private static final String[] NUMBERS = {
    "0",
    "-0",
    "1",
    "-7",
    "12.50",
    "-0.0",
    "0.001",
    "100",
    "1e3",
    "1E-2",
    "2.5e+10",
    "1e400",
    "01",
    "1.",
    ".5",
    "+1",
    "-",
    "12345678901234567",
    "123456789012345678",
    "1234567890123456789",
    "123456789012345678901",
    "9223372036854775808",
    "0.1234567890123456789",
    "-123456789.123456789",
    "1".repeat(41),
    "1".repeat(1001),
    "1e999999999999",
    "NaN",
    "Infinity",
    "0x1"
  };
  private static final String[] TEXTS = {
    "",
    "plain",
    "Zürich",
    "日本",
    "😀",
    " 7 ",
    "12.5",
    "tab\\tbed",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud83d",
    "a\\\"b",
    "bad\\x",
    "\\u12g4",
    "line\nbreak",
    "nul\u0000",
    "del\u007f",
    "1e3",
    "null",
    "2015-09-12T13:05:00Z",
    "2015-09-12T13:05:00.123Z",
    "2015-09-12 13:05:00+02:00",
    "2015-02-29T13:05:00Z"
  };
  private static final String[] WORDS = {"true", "false", "null", "nul", "True", "truefalse"};
  private static final String[] SPACES = {"", "", "", " ", "\t", "\r\n", "  ", "\u000b", "\u00a0"};

  private final Random random;
  private final boolean tame;

  private HostileJson(Random random, boolean tame) {
    this.random = random;
    this.tame = tame;
  }

  /** A document, most of the time JSON. */
  public static byte[] document(Random random) {
    return new HostileJson(random, random.nextInt(3) > 0).text(random).getBytes(UTF_8);
  }

  /** A document with a few bytes changed, added or cut off. */
  public static byte[] damaged(Random random) {
    byte[] bytes = document(random);
    for (int i = random.nextInt(3); i >= 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) "{}[]\",:\\0e.-".charAt(random.nextInt(12));
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        default -> {
          byte[] longer = new byte[bytes.length + 1];
          System.arraycopy(bytes, 0, longer, 0, at);
          longer[at] = (byte) random.nextInt(256);
          System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
          bytes = longer;
        }
      }
    }
    return bytes;
  }

  private String text(Random random) {
    String document = tame || random.nextInt(10) > 0 ? object(4) : value(3);
    return space() + document + space() + (tame || random.nextInt(20) > 0 ? "" : "x");
  }

  private String object(int depth) {
    StringBuilder out = new StringBuilder("{").append(space());
    int size = random.nextInt(6);
    for (int i = 0; i < size; i++) {
      out.append(i == 0 ? "" : ",").append(space());
      out.append('"').append(pick(NAMES, 8)).append('"').append(space()).append(':');
      out.append(space()).append(value(depth - 1)).append(space());
    }
    return out.append(!tame && random.nextInt(30) == 0 ? "]" : "}").toString();
  }

  private String array(int depth) {
    StringBuilder out = new StringBuilder("[").append(space());
    int size = random.nextInt(4);
    for (int i = 0; i < size; i++) {
      out.append(i == 0 ? "" : ",").append(value(depth - 1)).append(space());
    }
    return out.append(!tame && random.nextInt(30) == 0 ? ",]" : "]").toString();
  }

  private String value(int depth) {
    switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0, 1:
        return pick(NUMBERS, 9);
      case 2, 3:
        return '"' + pick(TEXTS, 7) + '"';
      case 4:
        return pick(WORDS, 3);
      case 5:
        return !tame && random.nextInt(20) == 0 ? "[".repeat(70) + "]".repeat(70) : array(depth);
      default:
        return object(depth);
    }
  }

  private String space() {
    return pick(SPACES, 7);
  }

  /** Of the first ones only, if it is to be tame. */
  private String pick(String[] texts, int harmless) {
    return texts[random.nextInt(tame ? harmless : texts.length)];
  }
}
