package dev.leat.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Ascii;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.Values;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many events lack a field. */
final class NullShare extends QualityRule {
  private static final long serialVersionUID = 1L;
  private static final long LACKING = 0;

  private final FieldRef field;
  private final Share atMost;

  NullShare(FieldRef field, Share atMost) {
    this.field = field;
    this.atMost = atMost;
  }

  /** The value at the field; {@code null} if the event lacks it. */
  static @Nullable JsonNode valueOf(EventView event, FieldRef field) {
    try {
      JsonNode value = event.at(field);
      return Values.isAbsent(value) || isEmptyCell(value, field, event.event()) ? null : value;
    } catch (RejectedException e) {
      return null;
    }
  }

  /** CSV and text have no other way to say that there is nothing. */
  private static boolean isEmptyCell(JsonNode value, FieldRef field, Event event) {
    return field.isInPayload()
        && value.isTextual()
        && value.textValue().isEmpty()
        && Ascii.toLowerCase(event.contentType()).startsWith("text/");
  }

  @Override
  boolean looksAtFields() {
    return true;
  }

  @Override
  boolean look(EventView event, Cells cells) {
    boolean lacking = valueOf(event, field) == null;
    if (lacking) {
      cells.increment(LACKING);
    }
    return lacking;
  }

  @Override
  long violations(Map<Long, Long> cells) {
    return cells.getOrDefault(LACKING, 0L);
  }

  @Override
  @Nullable String problem(Tally tally, Map<Long, Long> cells, long completeUntil) {
    long lacking = violations(cells);
    return atMost.allows(lacking, tally.events())
        ? null
        : "expected at most " + atMost + ", got " + Share.tell(lacking, tally.events(), "events");
  }

  @Override
  public String toString() {
    return "{field: " + field + ", nulls: " + atMost + "}";
  }
}
