package dev.leat.io.spi;

import java.util.Set;

/**
 * One outside system. Register the class in {@code META-INF/services/dev.leat.io.spi.Connector}.
 *
 * <p>Both methods check everything that can be checked without the pipeline, and touch the outside
 * system only to see that it answers: nothing is written.
 */
public interface Connector {
  /** The URI schemes it answers to, in lower case; each scheme belongs to one connector. */
  Set<String> schemes();

  /**
   * Whether its sinks keep versions of what is written: then {@link SinkRequest#branch} and {@link
   * SinkRequest#unmoved} hold.
   */
  default boolean keepsVersions() {
    return false;
  }

  /**
   * Opens a source.
   *
   * @throws UsageException if the URI or the request cannot be
   * @throws UnreachableException if what the URI names is not there
   */
  default Source source(ConnectorUri uri, SourceRequest request) {
    throw new UsageException(uri + ": " + uri.scheme() + " can be written but not read");
  }

  /**
   * Opens a sink.
   *
   * @throws UsageException if the URI or the request cannot be
   * @throws UnreachableException if what the URI names is not there
   */
  default RowSink sink(ConnectorUri uri, SinkRequest request) {
    throw new UsageException(uri + ": " + uri.scheme() + " can be read but not written");
  }

  /**
   * Opens a log to append to.
   *
   * @throws UsageException if the URI is no log, or cannot be
   * @throws UnreachableException if what the URI names is not there
   */
  default LogSink log(ConnectorUri uri) {
    throw new UsageException(uri + ": expected a log, such as kafka://host:port/topic");
  }
}
