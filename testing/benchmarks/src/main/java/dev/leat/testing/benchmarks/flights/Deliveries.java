package dev.leat.testing.benchmarks.flights;

/**
 * Which flight each line tells of: of 20 lines 19 tell of new flights, in blocks of 4096 lines in
 * no order, and one repeats an earlier flight: half the time one of the latest 20,000, else one of
 * the latest fourteenth of all (a week).
 */
final class Deliveries {
  private static final int ONE_IN = 20;
  private static final int BLOCK = 4096;
  private static final int LATEST = 20_000;
  private static final int WEEKS = 14;

  private final long lines;

  Deliveries(long lines) {
    this.lines = lines;
  }

  /** How many different flights there are in as many lines. */
  long flights() {
    return newBefore(lines);
  }

  boolean isRepeat(long line) {
    return line % ONE_IN == ONE_IN - 1;
  }

  /** The number of the flight in a line. */
  long flight(long line) {
    long before = newBefore(line);
    if (!isRepeat(line)) {
      return inBlock(before);
    }
    long chance = FlightSeries.mix(~line);
    long reach = (chance & 1) == 0 ? LATEST : Math.max(1, flights() / WEEKS);
    // Whole blocks only: the flights of the current one may not have been told of yet.
    long told = before / BLOCK * BLOCK;
    return told == 0
        ? inBlock((chance >>> 1) % before)
        : told - 1 - (chance >>> 1) % Math.min(reach, told);
  }

  private static long newBefore(long line) {
    return line - line / ONE_IN;
  }

  /** Changes places within blocks; the last block may be short and stays as it is. */
  private long inBlock(long number) {
    long begin = number / BLOCK * BLOCK;
    if (begin + BLOCK > flights()) {
      return number;
    }
    // 1,365 is odd, so that this is a permutation of a block.
    return begin + ((number - begin) * 1_365 + (FlightSeries.mix(begin) & (BLOCK - 1))) % BLOCK;
  }
}
