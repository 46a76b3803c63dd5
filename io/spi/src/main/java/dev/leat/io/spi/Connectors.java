package dev.leat.io.spi;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds the connector of a URI among those on the class path. */
public final class Connectors {
  private final Map<String, Connector> byScheme;

  private Connectors(Map<String, Connector> byScheme) {
    this.byScheme = byScheme;
  }

  /**
   * All connectors on the class path.
   *
   * @throws IllegalStateException if two answer to one scheme
   */
  public static Connectors load() {
    Map<String, Connector> byScheme = new TreeMap<>();
    for (Connector connector : ServiceLoader.load(Connector.class)) {
      for (String scheme : connector.schemes()) {
        Connector other = byScheme.put(scheme, connector);
        if (other != null) {
          throw new IllegalStateException(
              scheme
                  + ": both "
                  + other.getClass().getName()
                  + " and "
                  + connector.getClass().getName()
                  + " answer to it");
        }
      }
    }
    return new Connectors(byScheme);
  }

  /**
   * @throws UsageException if no connector answers to the scheme
   */
  public Source source(ConnectorUri uri, SourceRequest request) {
    return of(uri).source(uri, request);
  }

  /**
   * @throws UsageException if no connector answers to the scheme, or the request needs versions
   *     that it does not keep
   */
  public RowSink sink(ConnectorUri uri, SinkRequest request) {
    Connector connector = of(uri);
    if (request.needsVersions() && !connector.keepsVersions()) {
      throw new UsageException(
          uri + ": expected a sink that keeps versions, such as lake:, got " + uri.scheme());
    }
    return connector.sink(uri, request);
  }

  /**
   * @throws UsageException if no connector answers to the scheme, or it has no logs
   */
  public LogSink log(ConnectorUri uri) {
    return of(uri).log(uri);
  }

  private Connector of(ConnectorUri uri) {
    Connector connector = byScheme.get(uri.scheme());
    if (connector == null) {
      throw new UsageException(
          uri
              + ": unknown scheme '"
              + uri.scheme()
              + "'; known are "
              + String.join(", ", byScheme.keySet()));
    }
    return connector;
  }
}
