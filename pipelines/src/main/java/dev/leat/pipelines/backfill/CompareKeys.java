package dev.leat.pipelines.backfill;

import dev.leat.block.RowBlock;
import dev.leat.health.Counters;
import dev.leat.io.lake.StoredText;
import dev.leat.wait.Total;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.StringSet;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/**
 * Compares rows that were made with those that are published, key by key, and tells the tally as
 * the metric {@link #TALLY}: one text, so that a retry tells it once.
 *
 * <p>In memory: the rows of one key.
 */
final class CompareKeys extends PTransform<PCollection<RowBlock>, PDone> {
  private static final long serialVersionUID = 1L;

  static final String TALLY = "sample_tally";

  private static final TupleTag<String> MADE = new TupleTag<>() {};
  private static final TupleTag<String> PUBLISHED = new TupleTag<>() {};

  private final List<String> by;
  private final List<String> rowKey;
  private final transient PCollection<String> published;

  /**
   * @param by the columns of the key that is sampled; none if the window is the key
   * @param rowKey the columns that tell rows apart
   * @param published as {@link StoredText#toJson} has them
   */
  CompareKeys(List<String> by, List<String> rowKey, PCollection<String> published) {
    this.by = by.isEmpty() ? List.of("window_start") : List.copyOf(by);
    this.rowKey = List.copyOf(rowKey);
    this.published = published;
  }

  @Override
  public PDone expand(PCollection<RowBlock> rows) {
    KvCoder<String, String> coder = KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of());
    PCollection<KV<String, String>> made =
        rows.apply("As texts", ParDo.of(new ToText()))
            .setCoder(StringUtf8Coder.of())
            .apply("Key of made", ParDo.of(new ToKey(by)))
            .setCoder(coder);
    PCollection<KV<String, String>> stored =
        published.apply("Key of published", ParDo.of(new ToKey(by))).setCoder(coder);
    KeyedPCollectionTuple.of(MADE, made)
        .and(PUBLISHED, stored)
        .apply("By key", CoGroupByKey.create())
        .apply("Compare", ParDo.of(new Compare(rowKey)))
        .setCoder(StringUtf8Coder.of())
        .apply("All keys", Total.of(sum(List.of()), CompareKeys::sum))
        .apply("Tell", ParDo.of(new Tell()));
    return PDone.in(rows.getPipeline());
  }

  private static String sum(Iterable<String> tallies) {
    List<SampleTally> read = new ArrayList<>();
    tallies.forEach(json -> read.add(SampleTally.fromJson(json)));
    return SampleTally.sum(read).toJson();
  }

  private static final class ToText extends DoFn<RowBlock, String> {
    @ProcessElement
    public void process(@Element RowBlock block, OutputReceiver<String> out) {
      for (Row row : block) {
        out.output(StoredText.toJson(StoredText.of(row)));
      }
    }
  }

  private static final class ToKey extends DoFn<String, KV<String, String>> {
    private final List<String> by;

    ToKey(List<String> by) {
      this.by = by;
    }

    @ProcessElement
    public void process(@Element String json, OutputReceiver<KV<String, String>> out) {
      out.output(KV.of(StoredText.toJson(keyOf(StoredText.fromJson(json), by)), json));
    }
  }

  private static Map<String, @Nullable String> keyOf(
      Map<String, @Nullable String> row, List<String> columns) {
    Map<String, @Nullable String> key = new TreeMap<>();
    columns.forEach(column -> key.put(column, row.get(column)));
    return key;
  }

  private static final class Compare extends DoFn<KV<String, CoGbkResult>, String> {
    private final List<String> rowKey;

    Compare(List<String> rowKey) {
      this.rowKey = rowKey;
    }

    @ProcessElement
    public void process(@Element KV<String, CoGbkResult> key, OutputReceiver<String> out) {
      out.output(
          compare(rowKey, key.getValue().getAll(PUBLISHED), key.getValue().getAll(MADE)).toJson());
    }
  }

  /** The rows of one key. */
  static SampleTally compare(
      List<String> rowKey, Iterable<String> published, Iterable<String> made) {
    Map<Map<String, @Nullable String>, Map<String, @Nullable String>> old = new HashMap<>();
    long oldRows = 0;
    for (String json : published) {
      Map<String, @Nullable String> row = StoredText.fromJson(json);
      old.put(keyOf(row, rowKey), row);
      oldRows++;
    }
    long newRows = 0;
    long added = 0;
    long changed = 0;
    long unchanged = 0;
    Map<String, Long> columns = new TreeMap<>();
    List<SampleTally.Example> examples = new ArrayList<>();
    for (String json : made) {
      newRows++;
      Map<String, @Nullable String> row = StoredText.fromJson(json);
      Map<String, @Nullable String> key = keyOf(row, rowKey);
      Map<String, @Nullable String> before = old.remove(key);
      List<SampleTally.Change> changes = before == null ? List.of() : changes(before, row);
      if (before == null) {
        added++;
        examples.add(new SampleTally.Example(SampleTally.Kind.ADDED, key, List.of()));
      } else if (changes.isEmpty()) {
        unchanged++;
      } else {
        changed++;
        changes.forEach(change -> columns.merge(change.column(), 1L, Long::sum));
        examples.add(new SampleTally.Example(SampleTally.Kind.CHANGED, key, changes));
      }
      if (examples.size() > 1000) {
        examples = new ArrayList<>(SampleTally.few(examples));
      }
    }
    for (Map<String, @Nullable String> key : old.keySet()) {
      examples.add(new SampleTally.Example(SampleTally.Kind.REMOVED, key, List.of()));
    }
    double x = oldRows;
    double y = newRows;
    return new SampleTally(
        1,
        oldRows,
        newRows,
        x * x,
        y * y,
        x * y,
        added,
        old.size(),
        changed,
        unchanged,
        columns,
        SampleTally.few(examples));
  }

  private static List<SampleTally.Change> changes(
      Map<String, @Nullable String> before, Map<String, @Nullable String> after) {
    List<SampleTally.Change> changes = new ArrayList<>();
    TreeSet<String> columns = new TreeSet<>(before.keySet());
    columns.addAll(after.keySet());
    for (String column : columns) {
      if (!Objects.equals(before.get(column), after.get(column))) {
        changes.add(new SampleTally.Change(column, before.get(column), after.get(column)));
      }
    }
    return changes;
  }

  private static final class Tell extends DoFn<String, Void> {
    private static final StringSet TOLD = Metrics.stringSet(Counters.NAMESPACE, TALLY);

    @ProcessElement
    public void process(@Element String tally) {
      TOLD.add(tally);
    }
  }
}
