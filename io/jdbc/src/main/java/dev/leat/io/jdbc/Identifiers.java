package dev.leat.io.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Names of tables and columns, as they stand in SQL: always quoted, never shortened. */
final class Identifiers {
  /** PostgreSQL cuts longer ones without a word, so that two could become one. */
  static final int MOST_BYTES = 63;

  private static final Set<String> SYSTEM_COLUMNS =
      Set.of("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid");

  private Identifiers() {}

  static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  static String quoteAll(List<String> names) {
    return names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
  }

  /** Why it can be no name, if it cannot. */
  static Optional<String> problemOf(String name) {
    if (name.isEmpty()) {
      return Optional.of("expected a name, got nothing");
    }
    if (name.indexOf('\0') >= 0) {
      return Optional.of("PostgreSQL has no names with the character U+0000");
    }
    int bytes = name.getBytes(UTF_8).length;
    return bytes > MOST_BYTES
        ? Optional.of(
            "PostgreSQL has names of at most " + MOST_BYTES + " bytes, got " + bytes + " bytes")
        : Optional.empty();
  }

  /** Why it can be no name of a column, if it cannot. */
  static Optional<String> columnProblemOf(String name) {
    return SYSTEM_COLUMNS.contains(name)
        ? Optional.of("PostgreSQL has a column of its own with this name")
        : problemOf(name);
  }

  /**
   * The names in a list such as {@code a."b.c"}; in quotes the separator is a character and {@code
   * ""} is a quote. What follows the quotes belongs to the name, so that {@code "b.c"_late} is a
   * table beside {@code "b.c"}.
   *
   * @throws IllegalArgumentException if a quote is not closed, or stands within a name
   */
  static List<String> split(String text, char separator) {
    List<String> names = new ArrayList<>();
    int i = 0;
    while (true) {
      StringBuilder name = new StringBuilder();
      if (i < text.length() && text.charAt(i) == '"') {
        i = readQuoted(text, i + 1, name);
      }
      i = readPlain(text, i, separator, name);
      names.add(name.toString());
      if (i == text.length()) {
        return names;
      }
      i++;
    }
  }

  /** Returns where it ends. */
  private static int readPlain(String text, int start, char separator, StringBuilder name) {
    int i = start;
    while (i < text.length() && text.charAt(i) != separator) {
      if (text.charAt(i) == '"') {
        throw new IllegalArgumentException(
            "expected quotes at the beginning of a name, got '" + text + "'");
      }
      name.append(text.charAt(i++));
    }
    return i;
  }

  private static int readQuoted(String text, int start, StringBuilder name) {
    int i = start;
    while (i < text.length()) {
      char c = text.charAt(i++);
      if (c != '"') {
        name.append(c);
      } else if (i < text.length() && text.charAt(i) == '"') {
        name.append('"');
        i++;
      } else {
        return i;
      }
    }
    throw new IllegalArgumentException("a quote is not closed in '" + text + "'");
  }
}
