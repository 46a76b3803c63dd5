package dev.leat.io.lake;

import java.time.Instant;

/**
 * Data that was removed from a table, or would be.
 *
 * @param before what was removed lies before this time, the beginning of a partition
 */
public record ExpiredData(Instant before, int partitions, int files, long rows, long bytes) {}
