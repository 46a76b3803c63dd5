package dev.leat.io.lake;

import dev.leat.io.spi.UsageException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.TableMetadata;
import org.jspecify.annotations.Nullable;

/**
 * How a version of a table is named: by its snapshot's id, by a tag or branch, or by a time, which
 * is the version that readers saw then. No new tag is called like an id or a time.
 */
final class VersionName {
  private static final Pattern NEW_REF = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,99}");
  private static final Pattern ID = Pattern.compile("-?[0-9]{1,19}");

  private VersionName() {}

  /**
   * The version of that name.
   *
   * @param where what a message begins with
   * @throws UsageException if there is none
   */
  static Snapshot find(TableMetadata metadata, String where, String name) {
    if (ID.matcher(name).matches()) {
      return present(metadata.snapshot(id(where, name)), where, "the table has no snapshot", name);
    }
    SnapshotRef ref = metadata.refs().get(name);
    if (ref != null) {
      return present(metadata.snapshot(ref.snapshotId()), where, "lost is the snapshot of", name);
    }
    Instant time =
        time(name)
            .orElseThrow(
                () ->
                    new UsageException(
                        where
                            + ": expected a snapshot's id, a tag, a branch or a time such as"
                            + " 2015-09-12T13:00:00Z, got '"
                            + name
                            + "', which the table has not"
                            + known(metadata)));
    return at(metadata, where, time);
  }

  /**
   * Checks the name of a new tag.
   *
   * @throws UsageException if it cannot be one
   */
  static void checkNew(String name) {
    if (!NEW_REF.matcher(name).matches()) {
      throw new UsageException(
          "NAME: expected a letter and then up to 99 letters, digits, '_', '.' or '-', got '"
              + name
              + "'");
    }
  }

  /** For example {@code 2015-09-12T13:00:00Z}; a date is its midnight in UTC. */
  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(
          text.length() == 10
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              : OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** What was current then, by the table's log, which also has what was rolled back since. */
  private static Snapshot at(TableMetadata metadata, String where, Instant time) {
    HistoryEntry found = null;
    for (HistoryEntry entry : metadata.snapshotLog()) {
      if (Instant.ofEpochMilli(entry.timestampMillis()).isAfter(time)) {
        break;
      }
      found = entry;
    }
    if (found == null) {
      throw new UsageException(
          where
              + ": the table has no version of "
              + time
              + " or before; "
              + metadata.snapshotLog().stream()
                  .findFirst()
                  .map(first -> "its first is of " + Instant.ofEpochMilli(first.timestampMillis()))
                  .orElse("it is empty"));
    }
    return present(
        metadata.snapshot(found.snapshotId()), where, "expired is the version of", time.toString());
  }

  private static long id(String where, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new UsageException(where + ": " + text + " is too large for an id");
    }
  }

  private static Snapshot present(
      @Nullable Snapshot snapshot, String where, String what, String name) {
    if (snapshot == null) {
      throw new UsageException(where + ": " + what + " " + name);
    }
    return snapshot;
  }

  private static String known(TableMetadata metadata) {
    return metadata.refs().isEmpty()
        ? ""
        : "; its tags and branches are "
            + String.join(", ", metadata.refs().keySet().stream().sorted().toList());
  }
}
