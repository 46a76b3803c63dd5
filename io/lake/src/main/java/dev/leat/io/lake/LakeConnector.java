package dev.leat.io.lake;

import dev.leat.io.spi.Connector;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import java.util.Set;

/**
 * {@code lake:} tables: a raw table is a source of events, which {@link RawLake} fills; a derived
 * table a sink of rows, and a source of records that a mapping makes events of.
 */
public final class LakeConnector implements Connector {
  @Override
  public Set<String> schemes() {
    return Set.of("lake");
  }

  @Override
  public Source source(ConnectorUri uri, SourceRequest request) {
    uri.allowParameters(Set.of("catalog", "snapshot", "columns"));
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(uri))) {
      // Who brings no mapping can do with events only, and is told that these are none.
      return request.mapping().isPresent() && !RawEvents.isIn(open.table())
          ? RowsSource.of(uri, request, request.mapping().get(), open.table())
          : LakeSource.of(uri, request, open.table());
    }
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
