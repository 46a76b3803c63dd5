package dev.leat.io.lake;

import java.time.Instant;
import java.util.Optional;

/**
 * One version of a table.
 *
 * @param operation Iceberg's word: append, overwrite, delete or replace
 * @param files data files of this version
 * @param current whether it is what a reader sees now
 */
public record TableVersion(
    long snapshotId,
    Instant time,
    String operation,
    long rowsAdded,
    long rowsRemoved,
    long rows,
    long files,
    Optional<String> runId,
    Optional<String> workflow,
    boolean current) {}
