package dev.leat.io.jdbc;

import dev.leat.io.spi.Connector;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import java.util.Set;

/**
 * {@code jdbc:postgresql://host:port/database?table=schema.name&user=…&password=${env:PGPASSWORD}}:
 * rows as those of a table of PostgreSQL 12 or newer.
 *
 * <p>{@code table} is needed; without a schema it is in {@code public}. A name with a dot or
 * upper-case letters is taken as it is, a dot in a name stands in double quotes: {@code
 * "my.schema".counts}. The other parameters are the driver's: {@code user}, {@code sslmode}, {@code
 * connectTimeout}, …; any of them may hold references to secrets, and {@code password} and {@code
 * sslpassword} must be one. They are resolved where a connection is opened: when the sink is
 * opened, to see that the database answers, and on the worker.
 *
 * <p>The table is made if it is absent, and columns that it lacks are added; a column of another
 * type is refused. A table belongs either to bounded runs or to live ones: see {@link RowTable}.
 *
 * <p>In texts U+0000, which PostgreSQL cannot store, becomes U+FFFD; rows whose keys differ only in
 * that remain two rows in a live run's table.
 */
public final class JdbcConnector implements Connector {
  @Override
  public Set<String> schemes() {
    return Set.of("jdbc");
  }

  @Override
  public RowSink sink(ConnectorUri uri, SinkRequest request) {
    return JdbcSink.open(uri, request);
  }
}
