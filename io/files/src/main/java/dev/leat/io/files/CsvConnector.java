package dev.leat.io.files;

import dev.leat.io.spi.Connector;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import java.util.Set;

/** {@code csv:///dir}: rows as CSV with a header, in the part files of a {@link FolderSink}. */
public final class CsvConnector implements Connector {
  @Override
  public Set<String> schemes() {
    return Set.of("csv");
  }

  @Override
  public RowSink sink(ConnectorUri uri, SinkRequest request) {
    uri.allowParameters(Set.of());
    return FolderSink.to(uri, request, new CsvRows(), RowPartition.NONE);
  }
}
