package dev.leat.io.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.block.RowBlock;
import java.time.Instant;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/** Rows as the text that {@code COPY … FROM STDIN} reads, all under one key. */
final class CopyText extends DoFn<RowBlock, KV<Integer, byte[]>> {
  private static final long serialVersionUID = 1L;

  private final RowTable table;
  private final @Nullable Instant start;
  private final @Nullable Instant end;

  /** With a range, only rows of windows that begin in it may come. */
  CopyText(RowTable table, @Nullable Instant start, @Nullable Instant end) {
    this.table = table;
    this.start = start;
    this.end = end;
  }

  @ProcessElement
  public void process(@Element RowBlock block, OutputReceiver<KV<Integer, byte[]>> out) {
    StringBuilder text = new StringBuilder();
    for (Row row : block) {
      checkRange(row);
      write(row, text);
    }
    out.output(KV.of(0, text.toString().getBytes(UTF_8)));
  }

  private void checkRange(Row row) {
    if (start == null || end == null) {
      return;
    }
    ReadableInstant windowStart = row.getDateTime(LiveKey.WINDOW_START);
    Instant time = windowStart == null ? null : Instant.ofEpochMilli(windowStart.getMillis());
    if (time == null || time.isBefore(start) || !time.isBefore(end)) {
      // It would stand beside the row that it recomputes, which is not replaced.
      throw new IllegalStateException(
          "A row's window starts at "
              + time
              + ", outside the range "
              + start
              + " to "
              + end
              + " that the run replaces");
    }
  }

  private void write(Row row, StringBuilder text) {
    Schema schema = table.rows();
    for (int i = 0; i < schema.getFieldCount(); i++) {
      if (i > 0) {
        text.append('\t');
      }
      writeValue(ColumnType.text(schema.getField(i).getType(), row.getValue(i)), text);
    }
    LiveKey key = table.key();
    if (key != null) {
      text.append('\t').append(key.hash(row)).append('\t').append(RowTable.FINAL);
    }
    text.append('\n');
  }

  private static void writeValue(@Nullable String value, StringBuilder text) {
    if (value == null) {
      text.append("\\N");
      return;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> text.append(c);
      }
    }
  }
}
