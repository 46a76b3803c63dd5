package dev.leat.io.files;

import dev.leat.io.spi.Connector;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import java.util.Set;

/** {@code jsonl:///dir}: rows as JSON lines, in the part files of a {@link FolderSink}. */
public final class JsonlConnector implements Connector {
  @Override
  public Set<String> schemes() {
    return Set.of("jsonl");
  }

  @Override
  public RowSink sink(ConnectorUri uri, SinkRequest request) {
    uri.allowParameters(Set.of());
    return FolderSink.to(uri, request, new JsonLines(), RowPartition.NONE);
  }
}
