package dev.leat.testing.benchmarks.flights;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Flights that never were, as a function of their number: the same number is the same flight, on
 * any machine. 90 days from the first of January 2001, none between midnight and five; 220 airports
 * with a share each of 1/rank (Zipf), as origins and as destinations; most leave early or on time,
 * a tenth late by an hour and more.
 */
final class FlightSeries {
  static final long START = Instant.parse("2001-01-01T00:00:00Z").toEpochMilli();
  static final int DAYS = 90;
  static final int HOURS = DAYS * 24;
  static final int AIRPORTS = 220;

  private static final long SEED = 0x1ea7_1ea7_1ea7_1ea7L;
  private static final int FIRST_MINUTE = 5 * 60;
  private static final int MINUTES = 19 * 60;

  /** Ids are a permutation of these many numbers, so that they look as unordered as ids do. */
  private static final long IDS = 100_000_000L;

  private static final int DRAWS = 1 << 16;
  private static final byte[][] CODES = codes();
  private static final short[] RANKS = ranks();
  private static final short[] DELAYS = delays();

  private final long flights;

  /**
   * @param flights how many there are; 1 to 100,000,000
   */
  FlightSeries(long flights) {
    if (flights < 1 || flights > IDS) {
      throw new IllegalArgumentException(
          "flights: expected 1 to %d, got %d".formatted(IDS, flights));
    }
    this.flights = flights;
  }

  /** Minutes since {@link #START}. A later number is never earlier. */
  int minute(long number) {
    long share = number * DAYS * MINUTES / flights;
    return (int) (share / MINUTES) * 24 * 60 + FIRST_MINUTE + (int) (share % MINUTES);
  }

  int origin(long number) {
    return RANKS[(int) (draw(number) & (DRAWS - 1))];
  }

  int destination(long number) {
    int other = RANKS[(int) (draw(number) >>> 16 & (DRAWS - 1))];
    return other == origin(number) ? (other + 1) % AIRPORTS : other;
  }

  int delay(long number) {
    return DELAYS[(int) (draw(number) >>> 32 & (DRAWS - 1))];
  }

  int distance(long number) {
    long pair = mix(origin(number) * 1_000L + destination(number));
    return 90 + (int) Math.floorMod(pair, 2_600L);
  }

  static String code(int airport) {
    return new String(CODES[airport], StandardCharsets.US_ASCII);
  }

  /** The flight's line, without its end. */
  void write(long number, LineBuffer out) {
    out.text("{\"id\":\"f").digits((number * 61_803_399L + 7) % IDS, 8);
    out.text("\",\"time\":\"").minute(START, minute(number));
    out.text("\",\"origin\":\"").bytes(CODES[origin(number)]);
    out.text("\",\"destination\":\"").bytes(CODES[destination(number)]);
    out.text("\",\"delay\":").number(delay(number));
    out.text(",\"distance\":").number(distance(number)).text("}");
  }

  private static long draw(long number) {
    return mix(number + SEED);
  }

  /** The finalizer of splitmix64 (Steele, Lea and Flood, 2014). */
  static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private static byte[][] codes() {
    byte[][] codes = new byte[AIRPORTS][];
    for (int i = 0; i < AIRPORTS; i++) {
      // 26³ has no divisor in common with 7 and 11, so that no code comes twice.
      int letters = i * 77 * 7 % (26 * 26 * 26);
      codes[i] =
          new byte[] {
            (byte) ('A' + letters % 26),
            (byte) ('A' + letters / 26 % 26),
            (byte) ('A' + letters / 26 / 26)
          };
    }
    return codes;
  }

  private static short[] ranks() {
    double all = 0;
    for (int rank = 1; rank <= AIRPORTS; rank++) {
      all += 1.0 / rank;
    }
    short[] ranks = new short[DRAWS];
    double until = 0;
    int next = 0;
    for (int rank = 1; rank <= AIRPORTS; rank++) {
      until += 1.0 / rank / all * DRAWS;
      int end = rank == AIRPORTS ? DRAWS : (int) until;
      while (next < end) {
        ranks[next++] = (short) (rank - 1);
      }
    }
    return ranks;
  }

  /** Three fifths from -12 to 5, three tenths to 45, the rest with a tail that reaches a day. */
  private static short[] delays() {
    short[] delays = new short[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      int of1000 = (int) (i * 1000L / DRAWS);
      if (of1000 < 600) {
        delays[i] = (short) (-12 + of1000 * 18 / 600);
      } else if (of1000 < 900) {
        delays[i] = (short) (6 + (of1000 - 600) * 40 / 300);
      } else {
        delays[i] = (short) Math.min(1440, 46 + 1400 / (1000 - of1000));
      }
    }
    return delays;
  }
}
