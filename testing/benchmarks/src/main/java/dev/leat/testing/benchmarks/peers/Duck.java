package dev.leat.testing.benchmarks.peers;

import dev.leat.testing.benchmarks.compare.Task;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** DuckDB inside this process, with nothing loaded from outside. */
public final class Duck {
  private Duck() {}

  public static Connection open() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:duckdb:");
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET autoinstall_known_extensions = false");
      statement.execute("SET autoload_known_extensions = false");
      statement.execute("SET threads = " + Task.THREADS);
      statement.execute("SET enable_progress_bar = false");
    }
    return connection;
  }

  /** As much memory as this JVM's heap may have, and a folder for what does not fit. */
  public static void limit(Statement statement, Path scratch) throws SQLException {
    long mebibytes = Runtime.getRuntime().maxMemory() / 1024 / 1024;
    statement.execute("SET memory_limit = '%dMiB'".formatted(mebibytes));
    statement.execute("SET temp_directory = " + quote(scratch.toString()));
    statement.execute("SET preserve_insertion_order = false");
  }

  /** A text as a literal. */
  public static String quote(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
