package dev.leat.io.lake;

import dev.leat.block.RecordBlock;
import dev.leat.block.RecordBlockCoder;
import dev.leat.ingest.Mapping;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.ReadSize;
import dev.leat.io.spi.RecordFormat;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.TimeRanges;
import dev.leat.io.spi.UsageException;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * The rows of a table as records, as of one snapshot, which is chosen when the source is opened:
 * reading again gives the same, whatever runs write meanwhile. Each row is a JSON object of the
 * columns that readers of that snapshot see, as {@link RowPayload} writes it; its origin is its
 * file, its offset the row's number in it, from 1.
 *
 * <p>{@code snapshot=} is a snapshot's id, a tag, a branch or a time; default the current one.
 * Ranges of event time read only files that can have events in one, and rows that tell no time, if
 * the mapping's time is a column of timestamps; all rows of those files are given.
 */
final class RowsSource implements Source.OfRecords {
  private final LakeTable name;
  private final Schema columns;
  private final ReadPlan plan;

  private RowsSource(LakeTable name, Schema columns, ReadPlan plan) {
    this.name = name;
    this.columns = columns;
    this.plan = plan;
  }

  /**
   * @throws UsageException if the request's mapping cannot be that of the table's rows
   */
  static RowsSource of(ConnectorUri uri, SourceRequest request, Mapping mapping, Table table) {
    uri.allowParameters(Set.of("catalog", "snapshot"));
    LakeTable name = LakeTable.parse(uri);
    checkMapping(uri.toString(), mapping);
    if (request.format() != RecordFormat.JSONL && request.format() != RecordFormat.JSON) {
      throw new UsageException(
          uri + ": its rows are JSON objects; expected format jsonl, got " + request.format());
    }
    Snapshot snapshot = LakeSource.snapshot(uri, table);
    Schema columns = SourceTable.columnsOf(table, snapshot);
    TimeRanges times = request.eventTime().orElse(TimeRanges.always());
    return new RowsSource(
        name,
        columns,
        ReadPlan.of(
            uri,
            table,
            snapshot,
            SourceTimes.ofRows(name, columns, mapping).filterWithStrays(times),
            ReadPlan.SPLIT_BYTES));
  }

  /**
   * @param table for the message
   * @throws UsageException if the mapping says nothing of how a row becomes an event
   */
  static void checkMapping(String table, Mapping mapping) {
    if (mapping.format() == Mapping.Format.CLOUDEVENTS) {
      throw new UsageException(
          table
              + ": its rows are no events yet; expected an events section in the workflow that says"
              + " what they become, such as events: {type: row, time: /window_start}");
    }
  }

  @Override
  public Optional<String> version() {
    return plan.version();
  }

  @Override
  public Optional<ReadSize> size() {
    return Optional.of(plan.size());
  }

  @Override
  public PTransform<PBegin, PCollection<RecordBlock>> read() {
    return new ReadPieces<>(
        plan.tasks(), new ReadRows(name, SchemaParser.toJson(columns)), RecordBlockCoder.of());
  }
}
