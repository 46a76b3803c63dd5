package dev.leat.pipelines.cli;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import org.jspecify.annotations.Nullable;

/** {@code --asOf}: a version of a source that keeps versions. */
final class AsOf {
  private AsOf() {}

  /**
   * The source as it was.
   *
   * @throws UsageException if the source keeps no versions, or names one itself
   */
  static ConnectorUri version(ConnectorUri source, @Nullable String asOf) {
    if (asOf == null) {
      return source;
    }
    if (!source.scheme().equals("lake")) {
      throw new UsageException(
          "--asOf: expected a lake: source, which keeps its versions, got '" + source + "'");
    }
    if (source.parameter("snapshot").isPresent()) {
      throw new UsageException("--asOf, snapshot=: expected one of them, not both");
    }
    return source.withParameter("snapshot", asOf);
  }
}
