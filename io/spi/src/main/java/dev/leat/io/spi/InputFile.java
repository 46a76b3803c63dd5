package dev.leat.io.spi;

import com.google.auto.value.AutoValue;
import java.io.Serializable;

/**
 * A dropped file as it was seen when it was listed. A file of the same name with another size or
 * time is another file: it is read whole again, and its repeats are dropped downstream.
 */
@AutoValue
public abstract class InputFile implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The file as Beam's file systems name it, for example {@code /data/a.jsonl}. */
  public abstract String name();

  public abstract long sizeBytes();

  /** Last change, epoch milliseconds; 0 where the file system does not tell. */
  public abstract long modifiedMillis();

  public static InputFile of(String name, long sizeBytes, long modifiedMillis) {
    return new AutoValue_InputFile(name, sizeBytes, modifiedMillis);
  }
}
