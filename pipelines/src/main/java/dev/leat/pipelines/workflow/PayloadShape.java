package dev.leat.pipelines.workflow;

import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.ingest.Mapping;
import java.util.List;
import java.util.Optional;

/** What pointers can reach in a payload: anything in JSON, columns in CSV, groups in text. */
final class PayloadShape {
  private final Mapping.Format format;
  private final List<String> groups;

  private PayloadShape(Mapping.Format format, List<String> groups) {
    this.format = format;
    this.groups = groups;
  }

  static PayloadShape json() {
    return new PayloadShape(Mapping.Format.JSON, List.of());
  }

  /**
   * @param reader of texts; empty if the pattern is wrong, so that nothing can be said
   */
  static PayloadShape of(Mapping.Format format, Optional<PayloadReader> reader) {
    if (format == Mapping.Format.TEXT && reader.isEmpty()) {
      return json();
    }
    return new PayloadShape(format, reader.map(PayloadReader::groups).orElse(List.of()));
  }

  /** Why there can be nothing at the place. */
  Optional<String> problemWith(FieldRef field) {
    if (!field.isInPayload() || format == Mapping.Format.JSON) {
      return Optional.empty();
    }
    boolean oneLevel = field.toString().indexOf('/', 1) < 0;
    if (format == Mapping.Format.TEXT) {
      return oneLevel && groups.contains(field.name())
          ? Optional.empty()
          : Optional.of(
              "the pattern has no group '"
                  + field.toString().substring(1)
                  + "'"
                  + Spelling.hint(field.name(), groups));
    }
    if (!oneLevel) {
      return Optional.of(
          "expected one column of the CSV, such as /page, got '"
              + field
              + "' (a / in a column's name is written ~1)");
    }
    if (format == Mapping.Format.CSV_WITHOUT_HEADER && !field.name().matches("0|[1-9]\\d{0,8}")) {
      return Optional.of(
          "expected a column by its number, such as /0 for the first, because there is no header,"
              + " got '"
              + field
              + "'");
    }
    return Optional.empty();
  }
}
