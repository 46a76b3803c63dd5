package dev.leat.dedup;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.coders.DefaultCoder;

/** Consecutive numbers of a producer that did not come, though lower and higher ones did. */
@AutoValue
@DefaultCoder(SequenceGapCoder.class)
public abstract class SequenceGap {
  /** The producer. */
  public abstract String source();

  /** The first number that is missing. */
  public abstract long first();

  /** The last number that is missing. */
  public abstract long last();

  public static SequenceGap of(String source, long first, long last) {
    return new AutoValue_SequenceGap(source, first, last);
  }
}
