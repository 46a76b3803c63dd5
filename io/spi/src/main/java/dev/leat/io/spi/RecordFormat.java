package dev.leat.io.spi;

/** How bytes are cut into records. */
public enum RecordFormat {
  /** One JSON document a line. */
  JSONL,
  /** One JSON array whose elements are the records, or one JSON document. */
  JSON,
  /** RFC 4180; a record can span lines inside quotes. The first record is the header. */
  CSV,
  /** As {@link #CSV}, and the first record is data. */
  CSV_WITHOUT_HEADER,
  /** One record a line. */
  TEXT
}
