package dev.leat.io.jdbc;

import java.sql.SQLException;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What a database or its driver answered, without what does not belong into a log. The driver's own
 * exceptions are never passed on, not even as a cause: a batch that fails quotes the values of its
 * rows, a connection that fails may quote its parameters.
 */
final class DatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Classes of SQLSTATE after which the same transaction may succeed in another attempt. */
  private static final Set<String> TRANSIENT_CLASSES = Set.of("08", "40", "53", "57");

  /** Idle too long in a transaction; a lock not to be had. */
  private static final Set<String> TRANSIENT = Set.of("25P03", "55P03");

  /** Classes whose messages quote values. */
  private static final Set<String> QUOTING = Set.of("22", "P0");

  private final String said;
  private final String state;

  private DatabaseException(String message, String state) {
    super(message);
    this.said = message;
    this.state = state;
  }

  static DatabaseException of(String what, SQLException e) {
    return of(what, e, text -> text);
  }

  static DatabaseException of(String what, SQLException e, UnaryOperator<String> scrub) {
    SQLException telling = e;
    // Of a batch the first exception is the driver's, the next one the server's.
    while (!(telling instanceof PSQLException) && telling.getNextException() != null) {
      telling = telling.getNextException();
    }
    String state = telling.getSQLState() == null ? "no SQLSTATE" : telling.getSQLState();
    StringBuilder message = new StringBuilder(what).append(": ");
    String line = lineOf(telling);
    if (line != null && !QUOTING.contains(classOf(state))) {
      message.append(scrub.apply(line)).append(' ');
    }
    return new DatabaseException(message.append('(').append(state).append(')').toString(), state);
  }

  /** Only the first line of what the server says: detail, hint and context quote rows. */
  private static @Nullable String lineOf(SQLException e) {
    if (e instanceof PSQLException psql) {
      ServerErrorMessage server = psql.getServerErrorMessage();
      return server == null ? e.getMessage() : server.getMessage();
    }
    return e.getClass().getSimpleName();
  }

  private static String classOf(String state) {
    return state.length() < 2 ? state : state.substring(0, 2);
  }

  /** The message. */
  String said() {
    return said;
  }

  /** Whether the connection may have been the reason, or others that used the table. */
  boolean isTransient() {
    return TRANSIENT_CLASSES.contains(classOf(state)) || TRANSIENT.contains(state);
  }

  /** Whether it was refused for a user, a password or a database that is not known. */
  boolean isRefusal() {
    return classOf(state).equals("28") || state.equals("3D000");
  }
}
