package dev.leat.aggregate;

import com.google.auto.value.AutoValue;
import com.google.auto.value.extension.serializable.SerializableAutoValue;
import dev.leat.field.FieldRef;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * What is measured of the events of a group. Every measure gives the same value in any order of
 * arrival and for any way of splitting the work: sums are exact decimals, sketches merge without
 * regard to order, ties are broken by (time, id).
 *
 * <p>Decimal results are rounded once, at the end, to 9 digits after the point, half to even; an
 * input has at most 20 digits before it. Missing and null values are left out, as in SQL; a value
 * that is not a number where one is needed makes its event a dead letter.
 */
@SerializableAutoValue
@AutoValue
public abstract class Measure implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Pattern CALL = Pattern.compile("([a-z_]+)(?:\\((.*)\\))?");
  private static final String KNOWN =
      "count, sum(/field), min(/field), max(/field), avg(/field), distinct(/field),"
          + " approx_distinct(/field), quantile(/field, 0.95), top(/field, 3), first(/field),"
          + " last(/field)";

  /** The kinds of measure. */
  enum Function {
    COUNT,
    SUM,
    MIN,
    MAX,
    AVG,
    DISTINCT,
    APPROX_DISTINCT,
    QUANTILE,
    TOP,
    FIRST,
    LAST
  }

  abstract Function function();

  abstract Optional<FieldRef> field();

  /** The fraction of a quantile, the number of a top; otherwise 0. */
  abstract double parameter();

  /** Number of events; int64. */
  public static Measure count() {
    return new AutoValue_Measure(Function.COUNT, Optional.empty(), 0);
  }

  /** Number of events that have the field; int64. */
  public static Measure count(String field) {
    return of(Function.COUNT, field, 0);
  }

  /** Exact sum; decimal, null if no event has the field. */
  public static Measure sum(String field) {
    return of(Function.SUM, field, 0);
  }

  /** Smallest number; decimal, null if no event has the field. */
  public static Measure min(String field) {
    return of(Function.MIN, field, 0);
  }

  /** Largest number; decimal, null if no event has the field. */
  public static Measure max(String field) {
    return of(Function.MAX, field, 0);
  }

  /** Exact sum by number of values; decimal, null if no event has the field. */
  public static Measure avg(String field) {
    return of(Function.AVG, field, 0);
  }

  /**
   * Exact number of different values, compared as text; int64. Keeps them all: bounded fields only.
   */
  public static Measure distinct(String field) {
    return of(Function.DISTINCT, field, 0);
  }

  /**
   * Number of different values, compared as text, by HyperLogLog of 2^14 registers: exact while
   * few, then with a standard error of 0.81%; int64. At most 10 KiB a group.
   */
  public static Measure approxDistinct(String field) {
    return of(Function.APPROX_DISTINCT, field, 0);
  }

  /**
   * A quantile by nearest rank, by DDSketch within 1% of the value (<a
   * href="https://arxiv.org/abs/1908.10693">Masson et al., 2019</a>); double, null if no event has
   * the field.
   *
   * @param fraction 0 to 1: 0.5 is the median
   */
  public static Measure quantile(String field, double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          "quantile: expected a fraction from 0 to 1, got " + plain(fraction));
    }
    return of(Function.QUANTILE, field, fraction);
  }

  /** 95, where Java writes 95.0. */
  private static String plain(double number) {
    return Double.isFinite(number)
        ? BigDecimal.valueOf(number).stripTrailingZeros().toPlainString()
        : String.valueOf(number);
  }

  /**
   * The largest numbers, largest first; array of decimals.
   *
   * @param count how many, 1 to 1000
   */
  public static Measure top(String field, int count) {
    if (count < 1 || count > 1000) {
      throw new IllegalArgumentException("top: expected a number from 1 to 1000, got " + count);
    }
    return of(Function.TOP, field, count);
  }

  /** The value of the earliest event that has the field, by (time, id, source); string. */
  public static Measure first(String field) {
    return of(Function.FIRST, field, 0);
  }

  /** The value of the latest event that has the field, by (time, id, source); string. */
  public static Measure last(String field) {
    return of(Function.LAST, field, 0);
  }

  /**
   * Reads a measure as workflows write it: {@code count}, {@code sum(/added)}, {@code
   * quantile(/delta, 0.95)}.
   *
   * @throws IllegalArgumentException if it is none; the message says what would work
   */
  public static Measure parse(String text) {
    Matcher matcher = CALL.matcher(text.trim());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("expected one of " + KNOWN + "; got '" + text + "'");
    }
    String name = matcher.group(1);
    String arguments = matcher.group(2);
    if (name.equals("count") && (arguments == null || arguments.isBlank())) {
      return count();
    }
    if (name.equals("quantile") || name.equals("top")) {
      return parseWithParameter(text, name, arguments);
    }
    Function function = functionOf(name, text);
    if (arguments == null || arguments.isBlank()) {
      throw new IllegalArgumentException(
          name + ": expected a field, such as " + name + "(/field), got '" + text + "'");
    }
    return of(function, arguments.trim(), 0);
  }

  private static Measure parseWithParameter(String text, String name, String arguments) {
    String example = name.equals("top") ? "top(/field, 3)" : "quantile(/field, 0.95)";
    int comma = arguments == null ? -1 : arguments.lastIndexOf(',');
    if (arguments == null || comma < 0) {
      throw new IllegalArgumentException(
          name + ": expected a field and a number, such as " + example + ", got '" + text + "'");
    }
    String field = arguments.substring(0, comma).trim();
    String number = arguments.substring(comma + 1).trim();
    try {
      return name.equals("top")
          ? top(field, Integer.parseInt(number))
          : quantile(field, new BigDecimal(number).doubleValue());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name
              + ": expected a number after the field, such as "
              + example
              + ", got '"
              + number
              + "'",
          e);
    }
  }

  private static Function functionOf(String name, String text) {
    for (Function function : Function.values()) {
      if (com.google.common.base.Ascii.toLowerCase(function.name()).equals(name)) {
        return function;
      }
    }
    throw new IllegalArgumentException("unknown measure '" + text + "'; expected one of " + KNOWN);
  }

  private static Measure of(Function function, String field, double parameter) {
    return new AutoValue_Measure(function, Optional.of(FieldRef.parse(field)), parameter);
  }

  /** The field that is measured; empty for a plain count. */
  public final Optional<FieldRef> measuredField() {
    return field();
  }

  /** The type of the result column. */
  public final FieldType resultType() {
    switch (function()) {
      case COUNT:
      case DISTINCT:
      case APPROX_DISTINCT:
        return FieldType.INT64;
      case QUANTILE:
        return FieldType.DOUBLE.withNullable(true);
      case TOP:
        return FieldType.array(FieldType.DECIMAL);
      case FIRST:
      case LAST:
        return FieldType.STRING.withNullable(true);
      default:
        return FieldType.DECIMAL.withNullable(true);
    }
  }
}
