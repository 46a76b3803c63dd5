package dev.leat.event;

import com.google.auto.value.AutoValue;
import java.time.Instant;

/** Where Leat took a record from, and when. */
@AutoValue
public abstract class Lineage {
  /** When Leat took the record; processing time, millisecond precision, UTC. */
  public abstract Instant time();

  /** The file or topic, as a URI without credentials. */
  public abstract String origin();

  /** The partition within the origin; 0 where there are none. */
  public abstract int partition();

  /** The offset in the partition; for files the line, or for JSON arrays the element, from 1. */
  public abstract long offset();

  public static Lineage of(Instant time, String origin, int partition, long offset) {
    return new AutoValue_Lineage(time, origin, partition, offset);
  }
}
