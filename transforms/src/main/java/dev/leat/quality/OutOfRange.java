package dev.leat.quality;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.deadletter.RejectedException;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.Values;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many of the values of a field are outside limits. */
final class OutOfRange extends QualityRule {
  private static final long serialVersionUID = 1L;
  private static final long OUTSIDE = 0;
  private static final long VALUES = 1;

  private final FieldRef field;
  private final BigDecimal least;
  private final BigDecimal most;
  private final Share except;

  OutOfRange(FieldRef field, BigDecimal least, BigDecimal most, Share except) {
    if (least.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "between: expected the lower number first, got "
              + Values.plain(least)
              + " and "
              + Values.plain(most));
    }
    this.field = field;
    this.least = least;
    this.most = most;
    this.except = except;
  }

  @Override
  boolean looksAtFields() {
    return true;
  }

  @Override
  boolean look(EventView event, Cells cells) {
    JsonNode value = NullShare.valueOf(event, field);
    if (value == null) {
      return false;
    }
    cells.increment(VALUES);
    boolean outside = !isInside(value);
    if (outside) {
      cells.increment(OUTSIDE);
    }
    return outside;
  }

  private boolean isInside(JsonNode value) {
    try {
      BigDecimal number = Values.number(value, field);
      return number != null && least.compareTo(number) <= 0 && number.compareTo(most) <= 0;
    } catch (RejectedException e) {
      return false;
    }
  }

  @Override
  long violations(Map<Long, Long> cells) {
    return cells.getOrDefault(OUTSIDE, 0L);
  }

  @Override
  @Nullable String problem(Tally tally, Map<Long, Long> cells, long completeUntil) {
    long outside = violations(cells);
    long values = cells.getOrDefault(VALUES, 0L);
    return except.allows(outside, values)
        ? null
        : "expected at most " + except + " outside, got " + Share.tell(outside, values, "values");
  }

  @Override
  public String toString() {
    return "{field: "
        + field
        + ", between: ["
        + Values.plain(least)
        + ", "
        + Values.plain(most)
        + "], except: "
        + except
        + "}";
  }
}
