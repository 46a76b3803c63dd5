package dev.leat.pipelines.workflow;

import dev.leat.io.spi.ConnectorUri;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code source} and {@code sink}. Relative paths on the local disk, also that of a lake's
 * catalog, are relative to the workflow file.
 */
record WorkflowUri(Optional<Path> folder) {
  private static final Set<String> OF_PATHS = Set.of("lake", "files", "jsonl", "csv", "parquet");
  private static final String CATALOG = "catalog";

  Optional<ConnectorUri> read(YamlValue value, String example) {
    return value.read("a URI such as " + example, text -> absolute(ConnectorUri.parse(text)));
  }

  private ConnectorUri absolute(ConnectorUri uri) {
    if (!OF_PATHS.contains(uri.scheme())) {
      return uri;
    }
    // Asked in any case: a place that is no path is a mistake wherever the file is.
    boolean isRelative = !uri.isRemote() && !uri.path().startsWith("/");
    if (folder.isEmpty()) {
      return uri;
    }
    // Beside a catalog the name of a table may stand alone: the catalog knows where it is.
    boolean hasPath =
        !uri.scheme().equals("lake")
            || uri.place().contains("/")
            || uri.parameter(CATALOG).isEmpty();
    ConnectorUri found = hasPath && isRelative ? uri.withPlace("//" + absolute(uri.path())) : uri;
    return uri.scheme().equals("lake")
        ? uri.parameter(CATALOG)
            .map(file -> found.withParameter(CATALOG, absolute(file)))
            .orElse(found)
        : found;
  }

  private String absolute(String path) {
    return folder.orElseThrow().resolve(path).normalize().toString();
  }
}
