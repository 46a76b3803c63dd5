package dev.leat.pipelines.workflow;

import com.google.common.base.Ascii;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/** Guesses what was meant by a name that does not exist. */
final class Spelling {
  private Spelling() {}

  /** The known name that is at most two edits, and a third of its length, away. */
  static Optional<String> nearest(String word, Collection<String> known) {
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : known) {
      int distance = distance(Ascii.toLowerCase(word), Ascii.toLowerCase(candidate));
      int allowed = Math.min(2, (candidate.length() + 1) / 3);
      if (distance <= allowed && distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** {@code ; did you mean 'x'?} and the names that exist. */
  static String hint(String word, Collection<String> known) {
    String guess = nearest(word, known).map(name -> "; did you mean '" + name + "'?").orElse(".");
    return guess + " Known: " + String.join(", ", known);
  }

  /** Levenshtein's distance with swaps of neighbours; 3 where it is clearly more than 2. */
  private static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > 2) {
      return 3;
    }
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    Arrays.setAll(last, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[b.length()];
  }
}
