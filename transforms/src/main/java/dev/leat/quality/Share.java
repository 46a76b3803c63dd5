package dev.leat.quality;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A share of a whole, 0% to 100%, compared exactly: nothing is rounded.
 *
 * @param percent 0 to 100
 */
public record Share(BigDecimal percent) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What messages say would be one. */
  public static final String EXPECTED = "a share such as 0%, 0.5% or 50%";

  private static final Pattern TEXT = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)%");
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  public Share {
    if (percent.signum() < 0 || percent.compareTo(HUNDRED) > 0) {
      throw new IllegalArgumentException(
          "expected 0% to 100%, got " + percent.toPlainString() + "%");
    }
    percent = percent.signum() == 0 ? BigDecimal.ZERO : percent.stripTrailingZeros();
  }

  /**
   * Reads {@code 0.5%}.
   *
   * @throws IllegalArgumentException if it is none; the message says what would work
   */
  public static Share parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("expected " + EXPECTED + ", got '" + text + "'");
    }
    return new Share(new BigDecimal(matcher.group(1)));
  }

  /** Whether {@code part} is at most this share of {@code whole}; nothing is of nothing. */
  public boolean allows(long part, long whole) {
    return BigDecimal.valueOf(part)
            .multiply(HUNDRED)
            .compareTo(percent.multiply(BigDecimal.valueOf(whole)))
        <= 0;
  }

  /** Both numbers, and the share to three digits: {@code 3 of 1,000 events (0.3%)}. */
  public static String tell(long part, long whole, String things) {
    return String.format(Locale.ROOT, "%,d of %,d %s (%s)", part, whole, things, of(part, whole));
  }

  /** To three digits, for people. */
  static String of(long part, long whole) {
    if (whole == 0) {
      return "0%";
    }
    BigDecimal percent =
        BigDecimal.valueOf(part)
            .multiply(HUNDRED)
            .divide(BigDecimal.valueOf(whole), MathContext.DECIMAL64)
            .round(new MathContext(3));
    return percent.stripTrailingZeros().toPlainString() + "%";
  }

  @Override
  public String toString() {
    return percent.toPlainString() + "%";
  }
}
