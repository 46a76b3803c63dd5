package dev.leat.io.lake;

import com.google.common.collect.ImmutableList;
import dev.leat.io.spi.ConnectorUri;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What two versions of a table differ in.
 *
 * @param from the snapshot of the first version
 * @param to the snapshot of the second
 * @param key the columns that tell a row from others; empty if whole rows were compared, so that
 *     none can have changed
 * @param added how many rows only the second version has
 * @param removed how many rows only the first version has
 * @param changed how many rows have the same key and other values
 * @param partitions how many partitions of the table have files that only one version has
 * @param files how many such files there are, which were read; all others were not
 * @param examples a few of each kind
 */
public record TableDiff(
    long from,
    long to,
    ImmutableList<String> key,
    long added,
    long removed,
    long changed,
    int partitions,
    int files,
    ImmutableList<Example> examples) {

  /**
   * A row that differs: in {@code before} it is as the first version has it, in {@code after} as
   * the second; one is absent unless it changed. Values by column, in the table's order: timestamps
   * as {@link java.time.OffsetDateTime}, decimals as {@link java.math.BigDecimal}, bytes as {@link
   * java.nio.ByteBuffer}.
   */
  public record Example(
      Optional<Map<String, @Nullable Object>> before,
      Optional<Map<String, @Nullable Object>> after) {}

  /** Whether the versions have the same rows. */
  public boolean isEmpty() {
    return added == 0 && removed == 0 && changed == 0;
  }

  /**
   * Compares two versions. Files that both have are not read. Memory: the rows of one partition
   * that differ, of at most half a million rows; larger ones are read several times.
   *
   * @param from a snapshot's id, a tag, a branch or a time
   * @param to the same
   * @param key the columns that tell a row from others; empty for those that the run which wrote
   *     the table remembered with it, and whole rows where there are none
   * @param examples how many of each kind at most
   * @throws dev.leat.io.spi.UsageException if there is no such version or column
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static TableDiff between(
      ConnectorUri uri, String from, String to, List<String> key, int examples) {
    uri.allowParameters(Set.of("catalog"));
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(uri))) {
      return new CompareVersions(open.table(), examples).of(from, to, key);
    }
  }
}
