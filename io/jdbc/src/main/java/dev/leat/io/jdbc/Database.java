package dev.leat.io.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Secrets;
import dev.leat.io.spi.UsageException;
import java.io.Serializable;
import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Where a database is and what its driver is told; secrets as references only. What it says of
 * itself, and what it throws, has no parameter in it.
 */
record Database(String hosts, String name, ImmutableMap<String, String> parameters)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Pattern PLACE =
      Pattern.compile(
          "postgresql://((?:HOST(?::\\d{1,5})?)(?:,HOST(?::\\d{1,5})?)*)/([^/?;]+)"
              .replace("HOST", "(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])"));
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(?:env|file):[^}]+}");

  /** Parameters that are secrets in themselves. */
  private static final Set<String> SECRET = Set.of("password", "sslpassword");

  private static final Set<String> KNOWN =
      Set.of(
          "user",
          "password",
          "sslmode",
          "sslrootcert",
          "sslcert",
          "sslkey",
          "sslpassword",
          "channelBinding",
          "targetServerType",
          "loginTimeout",
          "connectTimeout",
          "socketTimeout",
          "tcpKeepAlive",
          "ApplicationName",
          "options");

  /**
   * Adds to {@code problems} what cannot be. Of a URI that may hold a secret in a wrong place
   * nothing is repeated but the names of its parameters.
   */
  static Optional<Database> parse(ConnectorUri uri, Set<String> own, List<String> problems) {
    Map<String, String> parameters = new TreeMap<>(uri.parameters());
    parameters.keySet().removeAll(own);
    parameters.forEach(
        (name, value) -> {
          if (!KNOWN.contains(name)) {
            Set<String> known = new TreeSet<>(KNOWN);
            known.addAll(own);
            problems.add("unknown parameter '" + name + "'; known are " + String.join(", ", known));
          } else if (SECRET.contains(name) && !REFERENCE.matcher(value).matches()) {
            problems.add(
                name + ": expected a reference, ${env:NAME} or ${file:PATH}, got the value itself");
          }
        });
    Matcher place = PLACE.matcher(uri.place());
    if (!place.matches()) {
      problems.add(
          "expected jdbc:postgresql://host:port/database?table=…, and user and password as"
              + " parameters");
      return Optional.empty();
    }
    return Optional.of(
        new Database(place.group(1), place.group(2), ImmutableMap.copyOf(parameters)));
  }

  /**
   * Opens a connection. Its time to connect is 10 s unless parameters say otherwise.
   *
   * @throws UsageException if a reference has no secret on this machine
   * @throws DatabaseException if the database does not answer, or refuses
   */
  Connection connect() {
    Properties properties = new Properties();
    PGProperty.LOGIN_TIMEOUT.set(properties, "10");
    PGProperty.CONNECT_TIMEOUT.set(properties, "10");
    PGProperty.TCP_KEEP_ALIVE.set(properties, "true");
    PGProperty.APPLICATION_NAME.set(properties, "leat");
    // Otherwise the driver writes the values of rows into its exceptions.
    PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, "false");
    parameters.forEach((name, value) -> properties.setProperty(name, Secrets.resolve(value)));
    String url =
        "jdbc:postgresql://" + hosts + "/" + URLEncoder.encode(name, UTF_8).replace("+", "%20");
    try {
      Connection connection = new Driver().connect(url, properties);
      if (connection == null) {
        throw new UsageException(this + ": expected an address that the driver knows");
      }
      return connection;
    } catch (SQLException e) {
      throw DatabaseException.of(
          this + " cannot be reached", e, text -> withoutSecrets(text, properties));
    }
  }

  /** What the driver says, without any value that a reference stood for. */
  private String withoutSecrets(String text, Properties resolved) {
    String scrubbed = text;
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      String value = resolved.getProperty(parameter.getKey(), "");
      if (Secrets.isReference(parameter.getValue()) && !value.isEmpty()) {
        scrubbed = scrubbed.replace(value, parameter.getValue());
      }
    }
    return scrubbed;
  }

  /** Without parameters. */
  @Override
  public String toString() {
    return "jdbc:postgresql://" + hosts + "/" + name;
  }
}
