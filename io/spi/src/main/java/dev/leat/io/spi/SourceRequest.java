package dev.leat.io.spi;

import com.google.auto.value.AutoValue;
import dev.leat.ingest.Mapping;
import java.util.Optional;

/** What is wanted of a source, beside its URI. */
@AutoValue
public abstract class SourceRequest {
  /** How records are cut, for sources of raw bytes; default JSON lines. */
  public abstract RecordFormat format();

  /** Only events of these times; a source may use it to read less, the caller filters exactly. */
  public abstract Optional<TimeRanges> eventTime();

  /**
   * How a record becomes an event. Sources that must know a record's event time, as an unbounded
   * one for its watermark, read it by this; the caller still does the parsing.
   */
  public abstract Optional<Mapping> mapping();

  public static SourceRequest defaults() {
    return new AutoValue_SourceRequest(RecordFormat.JSONL, Optional.empty(), Optional.empty());
  }

  public final SourceRequest withFormat(RecordFormat format) {
    return new AutoValue_SourceRequest(format, eventTime(), mapping());
  }

  public final SourceRequest withEventTime(TimeRange range) {
    return withEventTime(TimeRanges.of(range));
  }

  public final SourceRequest withEventTime(TimeRanges ranges) {
    return new AutoValue_SourceRequest(format(), Optional.of(ranges), mapping());
  }

  public final SourceRequest withMapping(Mapping mapping) {
    return new AutoValue_SourceRequest(format(), eventTime(), Optional.of(mapping));
  }
}
