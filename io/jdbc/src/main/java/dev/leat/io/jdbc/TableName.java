package dev.leat.io.jdbc;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** Which table of a database. */
record TableName(String schema, String table) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Beside the tables, which run wrote what: a retried run finds that it is done. */
  static final String RUNS = "leat_runs";

  /** Adds to {@code problems} why it names no table, if it does not. */
  static Optional<TableName> parse(String text, List<String> problems) {
    List<String> names;
    try {
      names = Identifiers.split(text, '.');
    } catch (IllegalArgumentException e) {
      problems.add("table: " + e.getMessage());
      return Optional.empty();
    }
    if (names.size() > 2) {
      problems.add("table: expected a name or schema.name, got '" + text + "'");
      return Optional.empty();
    }
    boolean sound = true;
    for (String name : names) {
      Optional<String> problem = Identifiers.problemOf(name);
      problem.ifPresent(why -> problems.add("table: " + why));
      sound &= problem.isEmpty();
    }
    String table = names.get(names.size() - 1);
    if (table.equals(RUNS)) {
      problems.add("table: " + RUNS + " is where runs are remembered, choose another name");
      sound = false;
    }
    return sound
        ? Optional.of(new TableName(names.size() == 2 ? names.get(0) : "public", table))
        : Optional.empty();
  }

  /** As it stands in SQL. */
  String sql() {
    return Identifiers.quote(schema) + "." + Identifiers.quote(table);
  }

  String runsSql() {
    return Identifiers.quote(schema) + "." + RUNS;
  }

  /** The first of two numbers that name a lock which all writers of this table know. */
  int lock() {
    return ("leat " + sql()).hashCode();
  }

  @Override
  public String toString() {
    return schema + "." + table;
  }
}
