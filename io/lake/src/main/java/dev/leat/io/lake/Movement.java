package dev.leat.io.lake;

import dev.leat.io.spi.TimeRange;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What came into a table that a backfill does not stand on.
 *
 * @param partitions of the backfill's range in which it changed rows, in the order of time; empty
 *     if it is about other times, or only put the same rows into other files
 * @param live whether a live run wrote it, which can be ahead of the raw table
 */
public record Movement(
    long snapshotId,
    Instant time,
    String operation,
    Optional<String> runId,
    Optional<String> workflowVersion,
    boolean live,
    List<TimeRange> partitions) {}
