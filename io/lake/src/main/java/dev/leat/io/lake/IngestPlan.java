package dev.leat.io.lake;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.leat.io.spi.InputFile;
import java.io.Serializable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The files that an ingest is to take, and what the table stood at when that was decided. */
@AutoValue
public abstract class IngestPlan implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Those that no ingest has taken yet, in the order they were given. */
  public abstract ImmutableList<InputFile> files();

  /** Files left out because their events are in the table already. */
  public abstract int alreadyTaken();

  abstract @Nullable String bookmark();

  abstract @Nullable String deadLetterBookmark();

  /** Names of files of the plan whose dead letters an ingest stored that then died. */
  abstract ImmutableSet<String> deadLettersStored();

  abstract ImmutableList<RawPartition> partitions();

  /**
   * The version of the workflow whose dead letters of some of these files are stored already, by an
   * ingest that died before it stored their events; empty if there was none. Another version may
   * refuse other records: one that the first took and the second refuses would be stored nowhere.
   */
  public final Optional<String> begunByVersion() {
    return Optional.ofNullable(begunBy());
  }

  abstract @Nullable String begunBy();

  /** Whether there is nothing to do. */
  public final boolean isEmpty() {
    return files().isEmpty();
  }

  static Builder builder() {
    return new AutoValue_IngestPlan.Builder();
  }

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder files(ImmutableList<InputFile> files);

    abstract Builder alreadyTaken(int count);

    abstract Builder bookmark(@Nullable String location);

    abstract Builder deadLetterBookmark(@Nullable String location);

    abstract Builder deadLettersStored(ImmutableSet<String> names);

    abstract Builder partitions(ImmutableList<RawPartition> partitions);

    abstract Builder begunBy(@Nullable String version);

    abstract IngestPlan build();
  }
}
