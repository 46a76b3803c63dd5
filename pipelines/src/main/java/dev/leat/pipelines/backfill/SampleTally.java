package dev.leat.pipelines.backfill;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a sample of keys has in the new rows and in the published ones. Tallies add up in any order.
 *
 * @param keys with a row in either
 * @param published rows, of these keys
 * @param made rows, of these keys
 * @param publishedSquares the sum over the keys of the squared number of published rows
 * @param madeSquares the same of those that were made
 * @param products the sum over the keys of the one number by the other
 * @param columns in how many changed rows a column has another value
 * @param examples some of each kind
 */
record SampleTally(
    long keys,
    long published,
    long made,
    double publishedSquares,
    double madeSquares,
    double products,
    long added,
    long removed,
    long changed,
    long unchanged,
    Map<String, Long> columns,
    List<Example> examples) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** Examples of a kind that are told. */
  static final int MOST_EXAMPLES = 3;

  static final SampleTally NONE =
      new SampleTally(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of(), List.of());

  /** How a row differs. */
  enum Kind {
    ADDED,
    REMOVED,
    CHANGED
  }

  /**
   * One row that differs.
   *
   * @param key the columns that tell rows apart, with their values
   * @param changes of a changed row: the column, what is published and what was made
   */
  record Example(Kind kind, Map<String, @Nullable String> key, List<Change> changes) {}

  /** One value that differs. */
  record Change(String column, @Nullable String old, @Nullable String made) {}

  SampleTally {
    columns = ImmutableMap.copyOf(new TreeMap<>(columns));
    examples = ImmutableList.copyOf(examples);
  }

  static SampleTally sum(Iterable<SampleTally> tallies) {
    long keys = 0;
    long published = 0;
    long made = 0;
    double publishedSquares = 0;
    double madeSquares = 0;
    double products = 0;
    long added = 0;
    long removed = 0;
    long changed = 0;
    long unchanged = 0;
    Map<String, Long> columns = new TreeMap<>();
    List<Example> examples = new ArrayList<>();
    for (SampleTally each : tallies) {
      keys += each.keys;
      published += each.published;
      made += each.made;
      publishedSquares += each.publishedSquares;
      madeSquares += each.madeSquares;
      products += each.products;
      added += each.added;
      removed += each.removed;
      changed += each.changed;
      unchanged += each.unchanged;
      each.columns.forEach((column, count) -> columns.merge(column, count, Long::sum));
      examples.addAll(each.examples);
    }
    return new SampleTally(
        keys,
        published,
        made,
        publishedSquares,
        madeSquares,
        products,
        added,
        removed,
        changed,
        unchanged,
        columns,
        few(examples));
  }

  /** The first few of each kind in the order of their keys, whatever came first. */
  static List<Example> few(List<Example> examples) {
    List<Example> few = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      examples.stream()
          .filter(example -> example.kind() == kind)
          .sorted(Comparator.comparing(example -> String.valueOf(example.key())))
          .limit(MOST_EXAMPLES)
          .forEach(few::add);
    }
    return few;
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SampleTally fromJson(String json) {
    try {
      return JSON.readValue(json, SampleTally.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
