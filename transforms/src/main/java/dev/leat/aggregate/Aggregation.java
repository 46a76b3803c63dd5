package dev.leat.aggregate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.leat.block.RowBlock;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.RejectedException;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.Values;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which fields group the events and what is measured of each group, by the names of the columns.
 */
public final class Aggregation implements Serializable {
  private static final long serialVersionUID = 1L;

  public static final String WINDOW_START = "window_start";
  public static final String WINDOW_END = "window_end";

  /** How many events a row was made of, INT64: the last column {@link #withRevision}. */
  public static final String REVISION = "leat_revision";

  private static final Measure REVISION_COUNT = Measure.count();

  private final ImmutableMap<String, FieldRef> by;
  private final ImmutableMap<String, Measure> measures;
  private final boolean revised;

  private Aggregation(Map<String, FieldRef> by, Map<String, Measure> measures, boolean revised) {
    this.by = ImmutableMap.copyOf(by);
    this.measures = ImmutableMap.copyOf(measures);
    this.revised = revised;
  }

  /**
   * @param by the grouping columns in their order; none for one group of all
   * @param measures the measured columns in their order; at least one
   * @throws IllegalArgumentException if there is no measure, or two columns have one name
   */
  public static Aggregation of(Map<String, FieldRef> by, Map<String, Measure> measures) {
    return new Aggregation(by, measures, false).checked();
  }

  /** This, once it is whole. */
  Aggregation checked() {
    if (measures.isEmpty()) {
      throw new IllegalArgumentException("measures: expected at least one, got none");
    }
    for (String name : measures.keySet()) {
      if (by.containsKey(name)) {
        throw new IllegalArgumentException(
            "'" + name + "' is both a grouping column and a measure");
      }
    }
    for (String name : List.of(WINDOW_START, WINDOW_END)) {
      if (by.containsKey(name) || measures.containsKey(name)) {
        throw new IllegalArgumentException("'" + name + "' is the name of a window's column");
      }
    }
    if (by.containsKey(REVISION) || measures.containsKey(REVISION)) {
      throw new IllegalArgumentException("'" + REVISION + "' is the name of the revision's column");
    }
    return this;
  }

  /**
   * The same with one more column, the last: {@link #REVISION}, how many events the row was made
   * of. Live, a group's results only ever grow by events, so of its rows the one with the highest
   * revision is the current one, in whatever order they reach a sink.
   */
  public Aggregation withRevision() {
    return new Aggregation(by, measures, true);
  }

  public Map<String, FieldRef> by() {
    return by;
  }

  public Map<String, Measure> measures() {
    return measures;
  }

  Aggregation withBy(String name, FieldRef field) {
    Map<String, FieldRef> more = new LinkedHashMap<>(by);
    if (more.put(name, field) != null) {
      throw new IllegalArgumentException(
          "two grouping columns are named '" + name + "'; name one of them otherwise");
    }
    return new Aggregation(more, measures, revised);
  }

  Aggregation withMeasure(String name, Measure measure) {
    Map<String, Measure> more = new LinkedHashMap<>(measures);
    if (more.put(name, measure) != null) {
      throw new IllegalArgumentException("two measures are named '" + name + "'");
    }
    return new Aggregation(by, more, revised);
  }

  static Aggregation empty() {
    return new Aggregation(ImmutableMap.of(), ImmutableMap.of(), false);
  }

  /**
   * The columns of a result row: the window's if there are windows, the grouping columns as
   * nullable strings, the measures, the revision if it is asked for.
   */
  public Schema schema(boolean windowed) {
    Schema.Builder schema = Schema.builder();
    if (windowed) {
      schema.addDateTimeField(WINDOW_START).addDateTimeField(WINDOW_END);
    }
    by.keySet().forEach(name -> schema.addNullableField(name, Schema.FieldType.STRING));
    measures.forEach((name, measure) -> schema.addField(name, measure.resultType()));
    if (revised) {
      schema.addField(REVISION, REVISION_COUNT.resultType());
    }
    return schema.build();
  }

  /**
   * Writes what an event adds: its group, with the length before, and what it gathers for each
   * measure. {@link GroupTable} merges it.
   *
   * @throws RejectedException if a value of the event cannot be used; then nothing is written
   */
  public void writeContribution(EventView event, ByteWriter out) {
    ByteWriter group = group(event);
    List<Measure> all = allMeasures();
    @Nullable Object[] inputs = new @Nullable Object[all.size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = Accumulator.inputOf(all.get(i), event);
    }
    out.writeBytes(group);
    for (int i = 0; i < inputs.length; i++) {
      Column.writeInput(all.get(i), inputs[i], out);
    }
  }

  /** The group of an event, encoded: equal values give equal bytes. */
  byte[] groupOf(EventView event) {
    return group(event).toByteArray();
  }

  private ByteWriter group(EventView event) {
    ByteWriter group = new ByteWriter(64);
    by.values().forEach(field -> group.writeNullableString(Values.text(event.at(field), field)));
    return group;
  }

  /** The measures in their order, with that of the revision if it is asked for. */
  List<Measure> allMeasures() {
    return revised
        ? ImmutableList.<Measure>builder().addAll(measures.values()).add(REVISION_COUNT).build()
        : measures.values().asList();
  }

  List<Column> columns() {
    return allMeasures().stream().map(Column::of).toList();
  }

  /**
   * Gives the first rows of a table as results, in blocks.
   *
   * @param windowed whether results have a window
   * @param count how many rows
   */
  void giveRows(
      Schema schema, boolean windowed, GroupTable table, int count, Consumer<RowBlock> consumer) {
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      rows.add(row(schema, windowed, table, row));
      if (rows.size() == RowBlock.MAX_ROWS || row == count - 1) {
        consumer.accept(RowBlock.of(rows));
        rows = new ArrayList<>();
      }
    }
  }

  private Row row(Schema schema, boolean windowed, GroupTable table, int row) {
    List<@Nullable Object> values = new ArrayList<>(schema.getFieldCount());
    if (windowed) {
      values.add(Instant.ofEpochMilli(table.start(row)));
      values.add(Instant.ofEpochMilli(table.end(row)));
    }
    ByteReader in = new ByteReader(table.groups(), table.groupFrom(row), table.groupLength(row));
    for (int i = 0; i < by.size(); i++) {
      values.add(in.readNullableString());
    }
    for (int i = 0; i < table.columnCount(); i++) {
      values.add(table.result(row, i));
    }
    return Row.withSchema(schema).attachValues(values);
  }
}
