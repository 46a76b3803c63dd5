package dev.leat.testing.benchmarks.compare;

import java.nio.file.Path;

/**
 * What a contender is to do once.
 *
 * @param input what the workload made for it
 * @param output a folder that does not exist yet, for the result
 * @param scratch an empty folder for anything else
 * @param heap the most that its JVM may have, as in {@code -Xmx}
 */
public record Task(Path input, Path output, Path scratch, String heap) {
  /** The cores that every contender is told to use. */
  public static final int THREADS = 2;
}
