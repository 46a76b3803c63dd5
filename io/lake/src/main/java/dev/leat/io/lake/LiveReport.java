package dev.leat.io.lake;

/**
 * What a live run has committed so far, of the snapshots that the table still has. {@code read =
 * stored + deadLetters}, each record counted once however often it was read.
 *
 * @param commits snapshots that the run made
 * @param stored events now in the table that were not before
 */
public record LiveReport(String runId, long commits, long read, long stored, long deadLetters) {}
