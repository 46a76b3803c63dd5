package dev.leat.io.files;

import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.joda.time.ReadableInstant;

/** Into which Hive-style folder a row goes. */
enum RowPartition {
  /** All into the folder itself. */
  NONE,

  /** {@code date=2015-09-12}: the day, in UTC, of the row's {@code window_start}. */
  DATE;

  static final String WINDOW_START = "window_start";

  /** Whether rows of {@code schema} have what the partition is made of. */
  boolean isIn(Schema schema) {
    return this == NONE
        || schema.hasField(WINDOW_START)
            && schema.getField(WINDOW_START).getType().getTypeName() == Schema.TypeName.DATETIME;
  }

  /** The folder's name; empty for {@link #NONE}. A row without the time goes into Hive's null. */
  String of(Row row) {
    if (this == NONE) {
      return "";
    }
    ReadableInstant start = row.getDateTime(WINDOW_START);
    return "date="
        + (start == null
            ? "__HIVE_DEFAULT_PARTITION__"
            : Instant.ofEpochMilli(start.getMillis()).atZone(ZoneOffset.UTC).toLocalDate());
  }
}
