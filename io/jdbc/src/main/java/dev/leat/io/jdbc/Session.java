package dev.leat.io.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.beam.sdk.util.BackOff;
import org.apache.beam.sdk.util.BackOffUtils;
import org.apache.beam.sdk.util.FluentBackoff;
import org.apache.beam.sdk.util.Sleeper;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transactions on one connection, which is opened when the first begins and again after one failed.
 * Not safe for use by several threads.
 */
final class Session implements AutoCloseable {
  /** About two minutes: a database that starts again is waited for. */
  static final FluentBackoff PATIENCE =
      FluentBackoff.DEFAULT
          .withInitialBackoff(Duration.millis(200))
          .withMaxBackoff(Duration.standardSeconds(10))
          .withMaxCumulativeBackoff(Duration.standardMinutes(2));

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final Database database;
  private final RowTable table;
  private final FluentBackoff patience;
  private @Nullable Connection connection;

  Session(Database database, RowTable table, FluentBackoff patience) {
    this.database = database;
    this.table = table;
    this.patience = patience;
  }

  /** What is done in a transaction. */
  interface Work<T> {
    T in(Connection connection) throws SQLException;
  }

  /**
   * Does the work in a transaction of its own, and again in another while the connection or other
   * users of the table are the reason that it fails. Whether a transaction was committed is not
   * known if the connection ends just then, so the work must come to the same when done twice.
   *
   * @throws DatabaseException if it fails for another reason, or too often
   */
  <T> T retried(Work<T> work) {
    BackOff backOff = patience.backoff();
    while (true) {
      try {
        return once(work);
      } catch (DatabaseException e) {
        if (!e.isTransient() || !waited(backOff)) {
          throw e;
        }
        LOG.warn("{}; trying again", e.said());
      }
    }
  }

  /**
   * Does the work in a transaction of its own.
   *
   * @throws DatabaseException if it fails; nothing of it is there then, unless the connection ended
   *     while it was committed
   */
  <T> T once(Work<T> work) {
    boolean done = false;
    try {
      Connection open = open();
      try (Statement statement = open.createStatement()) {
        // A worker that stops in a transaction must not keep its locks from the others for ever.
        statement.execute("SET LOCAL idle_in_transaction_session_timeout = '60s'");
      }
      T result = work.in(open);
      open.commit();
      done = true;
      return result;
    } catch (SQLException e) {
      throw DatabaseException.of(database + ", table " + table.name(), e);
    } finally {
      if (!done) {
        close();
      }
    }
  }

  private Connection open() throws SQLException {
    if (connection != null) {
      return connection;
    }
    Connection opened = database.connect();
    connection = opened;
    opened.setAutoCommit(false);
    opened.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    Ddl.prepare(table, opened);
    opened.commit();
    return opened;
  }

  private static boolean waited(BackOff backOff) {
    try {
      return BackOffUtils.next(Sleeper.DEFAULT, backOff);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Ends the connection; what is not committed is undone by the server. */
  @Override
  public void close() {
    Connection open = connection;
    connection = null;
    if (open == null) {
      return;
    }
    try {
      open.close();
    } catch (SQLException e) {
      LOG.debug("A connection that is of no more use did not close well");
    }
  }
}
