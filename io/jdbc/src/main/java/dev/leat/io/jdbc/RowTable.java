package dev.leat.io.jdbc;

import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.UsageException;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A table as a run needs it. A live run's table has two columns more than the rows, {@link
 * LiveKey#HASH} and {@link LiveRows#REVISION}.
 *
 * <p>A table with rows that Leat did not write is refused. A table belongs to live runs if it has
 * these columns, to bounded ones otherwise. A live run refuses a table with rows of a bounded one:
 * their windows may have been cut off where its input ended, and nothing tells which. A bounded run
 * refuses to replace a live table whole, but repairs it over a range of event time: its rows there
 * are final ({@link #FINAL}), no live row replaces them, because what a live run says again of a
 * window that it has closed is older.
 *
 * @param rows the columns of the table's rows, without those two
 * @param use what the run does with the table
 * @param key what tells rows apart; absent if only bounded runs write the table
 */
record RowTable(TableName name, Schema rows, Use use, @Nullable LiveKey key)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The revision of rows that a bounded run repaired. */
  static final long FINAL = Long.MAX_VALUE;

  private static final Set<String> OWN = Set.of(LiveKey.HASH, LiveRows.REVISION);

  /** What a run does with a table. */
  enum Use {
    /** A live run's. */
    LIVE,
    /** A bounded run's, whose own it is. */
    REPLACE,
    /** A bounded run's over a range of a table of live runs. */
    REPAIR
  }

  /** Adds what of the rows no table can hold. */
  void checkRows(List<String> problems) {
    for (Schema.Field field : rows.getFields()) {
      String column = "column '" + field.getName() + "': ";
      Identifiers.columnProblemOf(field.getName())
          .ifPresent(problem -> problems.add(column + problem));
      if (OWN.contains(field.getName())) {
        problems.add(column + "Leat has a column of its own with this name");
      }
      if (ColumnType.of(field.getType()).isEmpty()) {
        problems.add(column + field.getType().getTypeName() + " has no type in PostgreSQL");
      }
    }
    if (key != null) {
      key.check(rows, problems);
    }
  }

  /** Whether it has the columns of a live run's table. */
  static boolean isLive(StoredTable stored) {
    return stored.columns().keySet().containsAll(OWN);
  }

  /**
   * Whether the table is, or can be made, what the run needs; writes nothing.
   *
   * @throws UsageException naming everything that is in the way
   */
  void check(Connection connection) throws SQLException {
    Optional<StoredTable> stored = StoredTable.find(connection, name);
    List<String> problems = new ArrayList<>();
    if (stored.isPresent()) {
      check(stored.get(), connection, problems);
    } else if (use == Use.REPAIR) {
      problems.add("the table of a live run is no longer there");
    } else if (!StoredTable.schemaExists(connection, name.schema())) {
      problems.add("the database has no schema '" + name.schema() + "'; create it first");
    }
    if (!problems.isEmpty()) {
      throw new UsageException(
          problems.stream().map(problem -> "table " + name + ": " + problem).toList());
    }
  }

  private void check(StoredTable stored, Connection connection, List<String> problems)
      throws SQLException {
    if (!stored.isTable()) {
      problems.add("expected a table, it is a view or something else");
      return;
    }
    for (Schema.Field field : rows.getFields()) {
      StoredTable.Column column = stored.columns().get(field.getName());
      if (column != null) {
        checkColumn(field, column, problems);
      }
    }
    stored
        .columns()
        .forEach(
            (column, type) -> {
              if (type.isRequired() && !rows.hasField(column) && !OWN.contains(column)) {
                problems.add("column '" + column + "': the table needs it, the rows lack it");
              }
            });
    checkOwner(stored, connection, problems);
  }

  private static void checkColumn(
      Schema.Field field, StoredTable.Column column, List<String> problems) {
    String place = "column '" + field.getName() + "': ";
    ColumnType type = ColumnType.of(field.getType()).orElseThrow();
    if (!type.fits(column.type())) {
      problems.add(place + "the table has " + column.type() + ", the rows have " + type.sql());
    }
    if (column.isNotNull() && field.getType().getNullable()) {
      problems.add(place + "the table has it NOT NULL, the rows can have null in it");
    }
    if (column.isGenerated()) {
      problems.add(place + "the table makes its values itself");
    }
  }

  private void checkOwner(StoredTable stored, Connection connection, List<String> problems)
      throws SQLException {
    boolean live = isLive(stored);
    boolean foreign = !live && !StoredTable.isEmpty(connection, name);
    if (use == Use.REPLACE && live) {
      problems.add(
          "it belongs to a live run; expected --eventTimeStart and --eventTimeEnd to repair a range"
              + " of it, or another table");
    } else if (use == Use.REPLACE && foreign && !ReplaceRows.hasRun(connection, name)) {
      problems.add("it has rows that Leat did not write; expected a new or an empty table");
    } else if (use == Use.REPAIR && !live) {
      problems.add("it no longer belongs to a live run");
    } else if (use == Use.LIVE && foreign) {
      problems.add(
          "it has rows of a bounded run, or of others; expected a new table, or one of a live run");
    } else if (live
        && key != null
        && !Optional.of(key).equals(LiveKey.parse(stored.keyComment()))) {
      problems.add(
          "its rows are told apart by ("
              + LiveKey.parse(stored.keyComment()).map(LiveKey::toString).orElse("nothing known")
              + "), those of this run by ("
              + key
              + "); expected another table");
    }
  }

  /**
   * All columns with their types; nullable, because a later version of the workflow may lack one.
   */
  Map<String, String> columns() {
    Map<String, String> columns = new LinkedHashMap<>();
    for (Schema.Field field : rows.getFields()) {
      columns.put(field.getName(), ColumnType.of(field.getType()).orElseThrow().sql());
    }
    if (key != null) {
      columns.put(LiveKey.HASH, "uuid NOT NULL");
      columns.put(LiveRows.REVISION, "bigint NOT NULL");
    }
    return columns;
  }

  /** The names of the columns that are written, in their order. */
  List<String> columnNames() {
    return List.copyOf(columns().keySet());
  }
}
