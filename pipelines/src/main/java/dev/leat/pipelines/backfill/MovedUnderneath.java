package dev.leat.pipelines.backfill;

import dev.leat.io.lake.Movement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What came into a table since a backfill of it was begun, as the reasons why it is not published.
 */
record MovedUnderneath(List<Movement> since) {
  private static final int MOST_NAMED = 5;

  /** Whether a live run wrote into the range: it can be ahead of the raw table. */
  boolean isLive() {
    return inRange().stream().anyMatch(Movement::live);
  }

  /**
   * Sentences for a person.
   *
   * @param rebased whether the backfill was put on the table as it was, and that moved again
   */
  List<String> reasons(boolean rebased) {
    List<String> reasons = new ArrayList<>();
    reasons.add("the table moved since this backfill was begun: " + commits());
    if (!inRange().isEmpty()) {
      List<String> partitions = partitions();
      reasons.add(
          String.format(
              Locale.ROOT,
              "of these %d changed rows of the backfill's range, in the %s of %s",
              inRange().size(),
              partitions.size() == 1 ? "partition" : "partitions",
              few(partitions)));
    }
    reasons.add(advice(rebased));
    return reasons;
  }

  private List<Movement> inRange() {
    return since.stream().filter(each -> !each.partitions().isEmpty()).toList();
  }

  private String commits() {
    if (since.isEmpty()) {
      return "it was rolled back to a version before that";
    }
    List<String> runs =
        since.stream().map(each -> each.runId().orElse("another writer")).distinct().toList();
    return since.size() + (since.size() == 1 ? " commit by " : " commits by ") + few(runs);
  }

  private List<String> partitions() {
    return inRange().stream()
        .flatMap(each -> each.partitions().stream())
        .map(each -> each.start().toString().substring(0, 10))
        .distinct()
        .sorted()
        .toList();
  }

  private String advice(boolean rebased) {
    if (isLive()) {
      return "a live run writes into the range, and may be ahead of the raw table: end the range"
          + " before what it still changes, or stop it, let ingest catch up, and give --restart";
    }
    if (rebased) {
      return "it moved again while this was put on it; try again";
    }
    return "--rebase puts the backfill on the table as it is now: "
        + (inRange().isEmpty()
            ? "its rows are taken over as they are, and those of others stay"
            : "chunks in which nobody wrote are taken over as they are, the others made again from"
                + " the raw table as it is now");
  }

  private static String few(List<String> names) {
    return names.size() > MOST_NAMED
        ? String.join(", ", names.subList(0, MOST_NAMED)) + ", …"
        : String.join(", ", names);
  }
}
