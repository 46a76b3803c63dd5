package dev.leat.io.lake;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.ReadSize;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.TimeRanges;
import dev.leat.io.spi.UsageException;
import dev.leat.prepare.EarlyReduction;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * The events of a raw table as of one snapshot, which is chosen when the source is opened: reading
 * again gives the same, whatever is ingested meanwhile.
 *
 * <p>{@code snapshot=} is a snapshot's id, a tag, a branch or a time; default the current one.
 * {@code columns=} lists which of {@code subject,sequence,schema,data,ingest} are read; default
 * all. What is not read is absent, or empty, in the events. Ranges of event time read only files,
 * and parts of files, that can have events in one, and give exactly those in them.
 */
final class LakeSource implements Source.OfEvents {
  private static final List<String> ALWAYS =
      List.of("id", "source", "type", "time", "time_nanos", "tenant", "content_type");

  /** What an event is made of that is to be reduced. */
  private static final List<String> REDUCIBLE =
      ImmutableList.<String>builder().addAll(ALWAYS).add("data").build();

  private static final Map<String, List<String>> OPTIONAL =
      new TreeMap<>(
          Map.of(
              "subject", List.of("subject"),
              "sequence", List.of("sequence"),
              "schema", List.of("schema_subject", "schema_version"),
              "data", List.of("data"),
              "ingest", List.of("ingest_time", "origin", "ingest_partition", "ingest_offset")));

  private final LakeTable name;
  private final TimeRanges times;
  private final String schema;
  private final ReadPlan plan;

  private LakeSource(LakeTable name, TimeRanges times, String schema, ReadPlan plan) {
    this.name = name;
    this.times = times;
    this.schema = schema;
    this.plan = plan;
  }

  static LakeSource open(ConnectorUri uri, SourceRequest request) {
    return open(uri, request, ReadPlan.SPLIT_BYTES);
  }

  /** As {@link #open(ConnectorUri, SourceRequest)}, in pieces of about {@code splitBytes}. */
  static LakeSource open(ConnectorUri uri, SourceRequest request, long splitBytes) {
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(uri))) {
      return of(uri, request, open.table(), splitBytes);
    }
  }

  /**
   * @throws UsageException if the table is no raw table
   */
  static LakeSource of(ConnectorUri uri, SourceRequest request, Table table) {
    return of(uri, request, table, ReadPlan.SPLIT_BYTES);
  }

  private static LakeSource of(
      ConnectorUri uri, SourceRequest request, Table table, long splitBytes) {
    LakeTable name = LakeTable.parse(uri);
    TimeRanges times = request.eventTime().orElse(TimeRanges.always());
    List<RawPartition> partitions = RawEvents.partitionsOf(name, table);
    return new LakeSource(
        name,
        times,
        SchemaParser.toJson(table.schema().select(columns(uri))),
        ReadPlan.of(
            uri, table, snapshot(uri, table), EventTimeFilter.of(times, partitions), splitBytes));
  }

  /** What will be read. */
  List<ReadTask> tasks() {
    return plan.tasks();
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
  public PTransform<PBegin, PCollection<EventBlock>> read() {
    return read(new ReadEvents(name, times, schema, null));
  }

  @Override
  public PTransform<PBegin, PCollection<EventBlock>> read(EarlyReduction early) {
    return read(
        new ReadEvents(
            name,
            times,
            schema,
            new ReadEvents.Reduced(
                early, SchemaParser.toJson(SchemaParser.fromJson(schema).select(REDUCIBLE)))));
  }

  private PTransform<PBegin, PCollection<EventBlock>> read(ReadEvents reader) {
    return new ReadPieces<>(plan.tasks(), reader, EventBlockCoder.of());
  }

  private static Set<String> columns(ConnectorUri uri) {
    Set<String> columns = new LinkedHashSet<>(ALWAYS);
    String asked = uri.parameter("columns").orElse(String.join(",", OPTIONAL.keySet()));
    for (String name : asked.split(",")) {
      List<String> of = OPTIONAL.get(Ascii.toLowerCase(name.strip()));
      if (of == null) {
        throw new UsageException(
            uri
                + ": columns: expected some of "
                + String.join(",", OPTIONAL.keySet())
                + ", got '"
                + name
                + "'");
      }
      columns.addAll(of);
    }
    return columns;
  }

  static @Nullable Snapshot snapshot(ConnectorUri uri, Table table) {
    String asked = uri.parameter("snapshot").orElse(null);
    if (asked == null) {
      return table.currentSnapshot();
    }
    return VersionName.find(TableRefs.metadata(table), uri + ": snapshot", asked);
  }
}
