package dev.leat;

/**
 * How many orders of arrival a transform is tried with: few in every build, {@code
 * -Dleat.seeds=1000} where there is time.
 */
public final class Seeds {
  private Seeds() {}

  /** The property's value, or {@code few} where it is not set. */
  public static int orElse(int few) {
    return Integer.getInteger("leat.seeds", few);
  }
}
