package dev.leat.pipelines.cli;

import com.google.common.base.Ascii;
import java.util.Comparator;
import java.util.List;

/** Guesses what a mistyped word was to be. */
final class Nearest {
  private static final int FARTHEST = 3;

  private Nearest() {}

  /** For example {@code ; did you mean --source?}, or nothing if no known word is near. */
  static String hint(String word, List<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(each -> distance(word, each)))
        .filter(each -> distance(word, each) <= FARTHEST)
        .map(each -> "; did you mean " + each + "?")
        .orElse("");
  }

  /** Levenshtein's: the fewest letters to add, drop or change. */
  private static int distance(String from, String to) {
    String a = Ascii.toLowerCase(from);
    String b = Ascii.toLowerCase(to);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
