package dev.leat.io.lake;

/**
 * Files under a table's folder that no version of it refers to.
 *
 * @param count how many
 * @param bytes what they take, together
 */
public record OrphanFiles(int count, long bytes) {}
