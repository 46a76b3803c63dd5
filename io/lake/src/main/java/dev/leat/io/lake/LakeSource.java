package dev.leat.io.lake;

import com.google.common.base.Ascii;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * The events of a raw table as of one snapshot, which is chosen when the source is opened: reading
 * again gives the same, whatever is ingested meanwhile.
 *
 * <p>{@code snapshot=} is a snapshot's id, a tag or a branch; default the current one. {@code
 * columns=} lists which of {@code subject,sequence,schema,data,ingest} are read; default all. What
 * is not read is absent, or empty, in the events. A range of event time reads only files, and parts
 * of files, that can have events in it, and gives exactly those in it.
 */
final class LakeSource implements Source.OfEvents {
  private static final long SPLIT_BYTES = 32L << 20;
  private static final List<String> ALWAYS =
      List.of("id", "source", "type", "time", "time_nanos", "tenant", "content_type");
  private static final Map<String, List<String>> OPTIONAL =
      new TreeMap<>(
          Map.of(
              "subject", List.of("subject"),
              "sequence", List.of("sequence"),
              "schema", List.of("schema_subject", "schema_version"),
              "data", List.of("data"),
              "ingest", List.of("ingest_time", "origin", "ingest_partition", "ingest_offset")));

  private final LakeTable name;
  private final TimeRange range;
  private final String schema;
  private final List<ReadTask> tasks;

  private LakeSource(LakeTable name, TimeRange range, String schema, List<ReadTask> tasks) {
    this.name = name;
    this.range = range;
    this.schema = schema;
    this.tasks = tasks;
  }

  static LakeSource open(ConnectorUri uri, SourceRequest request) {
    return open(uri, request, SPLIT_BYTES);
  }

  /** As {@link #open(ConnectorUri, SourceRequest)}, in pieces of about {@code splitBytes}. */
  static LakeSource open(ConnectorUri uri, SourceRequest request, long splitBytes) {
    uri.allowParameters(Set.of("catalog", "snapshot", "columns"));
    LakeTable name = LakeTable.parse(uri);
    Set<String> columns = columns(uri);
    TimeRange range = request.eventTime().orElse(TimeRange.always());
    try (Warehouse.OpenTable open = Warehouse.openTable(name)) {
      Table table = open.table();
      List<RawPartition> partitions = RawEvents.partitionsOf(name, table);
      Schema projected = table.schema().select(columns);
      return new LakeSource(
          name,
          range,
          SchemaParser.toJson(projected),
          plan(uri, table, EventTimeFilter.of(range, partitions), projected, splitBytes));
    }
  }

  /** What will be read. */
  List<ReadTask> tasks() {
    return tasks;
  }

  @Override
  public PTransform<PBegin, PCollection<EventBlock>> read() {
    return new Read(tasks, new ReadEvents(name, range, schema));
  }

  private static final class Read extends PTransform<PBegin, PCollection<EventBlock>> {
    private static final long serialVersionUID = 1L;

    private final transient List<ReadTask> tasks;
    private final ReadEvents reader;

    Read(List<ReadTask> tasks, ReadEvents reader) {
      this.tasks = tasks;
      this.reader = reader;
    }

    @Override
    public PCollection<EventBlock> expand(PBegin input) {
      return input
          .apply("Pieces of files", Create.of(tasks).withCoder(ReadTask.ReadTaskCoder.of()))
          .apply("Spread", Reshuffle.viaRandomKey())
          .apply("Read", ParDo.of(reader))
          .setCoder(EventBlockCoder.of());
    }
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

  private static List<ReadTask> plan(
      ConnectorUri uri, Table table, Expression filter, Schema projected, long splitBytes) {
    Snapshot snapshot = snapshot(uri, table);
    List<ReadTask> tasks = new ArrayList<>();
    if (snapshot == null) {
      return tasks;
    }
    TableScan scan =
        table.newScan().useSnapshot(snapshot.snapshotId()).project(projected).filter(filter);
    try (CloseableIterable<FileScanTask> files = scan.planFiles()) {
      for (FileScanTask file : files) {
        if (!file.deletes().isEmpty()) {
          throw new UsageException(
              uri
                  + ": snapshot "
                  + snapshot.snapshotId()
                  + " has rows deleted one by one, which a raw table never has; rewrite its data"
                  + " files first");
        }
        for (FileScanTask piece : file.split(splitBytes)) {
          tasks.add(
              ReadTask.of(
                  file.file().location(),
                  file.file().fileSizeInBytes(),
                  piece.start(),
                  piece.length()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tasks;
  }

  static @Nullable Snapshot snapshot(ConnectorUri uri, Table table) {
    String asked = uri.parameter("snapshot").orElse(null);
    if (asked == null) {
      return table.currentSnapshot();
    }
    Snapshot snapshot =
        asked.matches("-?[0-9]{1,19}") ? table.snapshot(number(uri, asked)) : table.snapshot(asked);
    if (snapshot == null) {
      throw new UsageException(
          uri + ": snapshot: the table has none, and no tag or branch, of the name " + asked);
    }
    return snapshot;
  }

  private static long number(ConnectorUri uri, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new UsageException(uri + ": snapshot: " + text + " is too large for an id");
    }
  }
}
