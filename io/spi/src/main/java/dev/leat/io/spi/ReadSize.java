package dev.leat.io.spi;

/**
 * How much a read takes in.
 *
 * @param files how many files, whole or in parts
 * @param bytes of the files or parts, as they are stored
 * @param rows how many are in those files, also such as a range of event time leaves out
 */
public record ReadSize(long files, long bytes, long rows) {}
