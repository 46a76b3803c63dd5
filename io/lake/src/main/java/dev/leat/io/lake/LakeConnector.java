package dev.leat.io.lake;

import dev.leat.io.spi.Connector;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import java.util.Set;

/**
 * {@code lake:} tables: a raw table is a source of events, a derived table a sink of rows. {@link
 * RawLake} fills the raw ones.
 */
public final class LakeConnector implements Connector {
  @Override
  public Set<String> schemes() {
    return Set.of("lake");
  }

  @Override
  public Source source(ConnectorUri uri, SourceRequest request) {
    return LakeSource.open(uri, request);
  }

  @Override
  public boolean keepsVersions() {
    return true;
  }

  @Override
  public RowSink sink(ConnectorUri uri, SinkRequest request) {
    return LakeSink.open(uri, request);
  }
}
