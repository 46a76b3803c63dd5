package dev.leat.io.lake;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * What of a table is too old to keep: versions, and data. They are apart, because a row of three
 * years ago can have been committed today, and a version of last week can hold today's rows.
 *
 * <p><i>Versions</i> are forgotten, and the files deleted that only they had. <i>Data</i> is left
 * out of a new version, by whole partitions, without a file being read or written; its files go
 * when the versions before that one do.
 */
public final class TableExpiry {
  private static final Duration LEAST_AGE = Duration.ofHours(1);

  private TableExpiry() {}

  /**
   * What {@link #expireVersions} would do.
   *
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static ExpiredVersions findVersions(ConnectorUri uri, Duration age) {
    return VersionExpiry.find(LakeTable.parse(uri), before(uri, "versionsOlderThan", age));
  }

  /**
   * Forgets the versions that readers have not seen for {@code age}, and deletes the files that
   * only those had. Kept whatever their age: the current version; tags; branches, back to what they
   * were begun from; and what leads from any of these to its newest bookmarks, without which an
   * ingest could not go on. A version that was rolled back is as old as its rollback.
   *
   * @param age 1 h or more, and above that of the longest run that reads the table: it reads files
   *     of the version that was current when it began
   * @throws UsageException if the age is less
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static ExpiredVersions expireVersions(ConnectorUri uri, Duration age) {
    return VersionExpiry.expire(LakeTable.parse(uri), before(uri, "versionsOlderThan", age));
  }

  /**
   * What {@link #expireData} would remove.
   *
   * @throws UsageException if the table is not partitioned by time
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static ExpiredData findData(ConnectorUri uri, Duration age) {
    return DataExpiry.find(LakeTable.parse(uri), before(uri, "eventsOlderThan", age));
  }

  /**
   * Removes the partitions that lie wholly before {@code age} ago, in one commit: of a raw table by
   * event time, of a derived one by the windows' start, of dead letters by the time of ingest.
   *
   * @param age 1 h or more
   * @throws UsageException if the age is less, or the table is not partitioned by time
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static ExpiredData expireData(ConnectorUri uri, Duration age) {
    return DataExpiry.expire(LakeTable.parse(uri), before(uri, "eventsOlderThan", age));
  }

  private static Instant before(ConnectorUri uri, String name, Duration age) {
    uri.allowParameters(Set.of("catalog"));
    if (age.compareTo(LEAST_AGE) < 0) {
      throw new UsageException(name + ": expected 1h or more, got " + age.toSeconds() + "s");
    }
    return Instant.now().minus(age);
  }
}
