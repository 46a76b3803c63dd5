package dev.leat.pipelines.run;

import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.event.Event;
import dev.leat.event.Lineage;
import dev.leat.window.WindowSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Late events as rows, for any sink: who, when, and one row for each window that lacks the event,
 * so that the windows of this table are those to repair. The payload stays where the event was
 * taken from, which the last columns name.
 */
final class LateRows extends PTransform<PCollection<EventBlock>, PCollection<RowBlock>> {
  private static final long serialVersionUID = 1L;

  static final Schema SCHEMA =
      Schema.builder()
          .addNullableField("window_start", FieldType.DATETIME)
          .addNullableField("window_end", FieldType.DATETIME)
          .addStringField("source")
          .addStringField("id")
          .addDateTimeField("time")
          .addStringField("tenant")
          .addNullableField("origin", FieldType.STRING)
          .addNullableField("ingest_partition", FieldType.INT32)
          .addNullableField("ingest_offset", FieldType.INT64)
          .build();

  /** A late event that is delivered twice is late once. */
  static final List<String> KEY = List.of("source", "id", "window_start");

  private final @Nullable WindowSpec windows;

  LateRows(Optional<WindowSpec> windows) {
    this.windows = windows.orElse(null);
  }

  @Override
  public PCollection<RowBlock> expand(PCollection<EventBlock> late) {
    return late.apply("To rows", ParDo.of(new ToRows(windows))).setCoder(RowBlockCoder.of(SCHEMA));
  }

  private static final class ToRows extends DoFn<EventBlock, RowBlock> {
    private static final long serialVersionUID = 1L;

    private final @Nullable WindowSpec windows;

    ToRows(@Nullable WindowSpec windows) {
      this.windows = windows;
    }

    @ProcessElement
    public void process(@Element EventBlock block, OutputReceiver<RowBlock> out) {
      List<Row> rows = new ArrayList<>();
      for (Event event : block) {
        if (windows == null) {
          rows.add(row(event, null));
        } else {
          windows.windowsOf(event.timestamp()).forEach(window -> rows.add(row(event, window)));
        }
      }
      out.output(RowBlock.of(rows));
    }

    private static Row row(Event event, @Nullable IntervalWindow window) {
      Lineage ingest = event.ingest();
      List<@Nullable Object> values = new ArrayList<>();
      values.add(window == null ? null : window.start());
      values.add(window == null ? null : window.end());
      values.add(event.source());
      values.add(event.id());
      values.add(event.timestamp());
      values.add(event.tenant());
      values.add(ingest == null ? null : ingest.origin());
      values.add(ingest == null ? null : ingest.partition());
      values.add(ingest == null ? null : ingest.offset());
      return Row.withSchema(SCHEMA).attachValues(values);
    }
  }
}
