package dev.leat.io.lake;

import com.google.common.base.Ascii;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;

/** What a derived table is partitioned by: the UTC date or month in which a row's window starts. */
enum RowPartition {
  DATE,
  MONTH,
  NONE;

  static final String WINDOW_START = "window_start";

  static Optional<RowPartition> asked(ConnectorUri uri) {
    return uri.parameter("partition")
        .map(
            asked ->
                Arrays.stream(values())
                    .filter(known -> known.parameter().equals(asked))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new UsageException(
                                uri + ": partition: expected month, date or none, got " + asked)));
  }

  /** Of a table; empty if it is partitioned in a way that is not ours. */
  static Optional<RowPartition> of(PartitionSpec spec) {
    if (spec.isUnpartitioned()) {
      return Optional.of(NONE);
    }
    if (spec.fields().size() > 1) {
      return Optional.empty();
    }
    PartitionField field = spec.fields().get(0);
    if (!WINDOW_START.equals(spec.schema().findColumnName(field.sourceId()))) {
      return Optional.empty();
    }
    return switch (field.transform().toString()) {
      case "day" -> Optional.of(DATE);
      case "month" -> Optional.of(MONTH);
      default -> Optional.empty();
    };
  }

  /** As {@code partition=} has it. */
  String parameter() {
    return Ascii.toLowerCase(name());
  }

  PartitionSpec spec(Schema schema) {
    PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
    if (this == DATE) {
      spec.day(WINDOW_START, free("date", schema));
    } else if (this == MONTH) {
      spec.month(WINDOW_START, free("month", schema));
    }
    return spec.build();
  }

  /** A partition cannot have the name of a column. */
  private static String free(String name, Schema schema) {
    return schema.findField(name) == null ? name : "window_" + name;
  }

  /** The partition of a window's start, as Iceberg has it: days or months since 1970; else 0. */
  long ordinalOf(Instant windowStart) {
    LocalDate date = windowStart.atOffset(ZoneOffset.UTC).toLocalDate();
    return switch (this) {
      case DATE -> date.toEpochDay();
      case MONTH -> ChronoUnit.MONTHS.between(LocalDate.EPOCH, date.withDayOfMonth(1));
      case NONE -> 0;
    };
  }

  /** When the partition of a window's start begins; for {@link #NONE} never. */
  Instant beginOf(Instant windowStart) {
    LocalDate date = windowStart.atOffset(ZoneOffset.UTC).toLocalDate();
    return switch (this) {
      case DATE -> date.atStartOfDay().toInstant(ZoneOffset.UTC);
      case MONTH -> date.withDayOfMonth(1).atStartOfDay().toInstant(ZoneOffset.UTC);
      case NONE -> Instant.MIN;
    };
  }

  /** When the partition of a value begins, as Iceberg has it: days or months since 1970. */
  Instant beginOf(int ordinal) {
    return switch (this) {
      case DATE -> LocalDate.ofEpochDay(ordinal).atStartOfDay().toInstant(ZoneOffset.UTC);
      case MONTH -> LocalDate.EPOCH.plusMonths(ordinal).atStartOfDay().toInstant(ZoneOffset.UTC);
      case NONE -> Instant.MIN;
    };
  }

  /**
   * The partition that begins at a time, and which window starts it holds; not for {@link #NONE}.
   */
  TimeRange rangeFrom(Instant begin) {
    LocalDate date = begin.atOffset(ZoneOffset.UTC).toLocalDate();
    LocalDate next = this == MONTH ? date.plusMonths(1) : date.plusDays(1);
    return TimeRange.of(begin, next.atStartOfDay().toInstant(ZoneOffset.UTC));
  }

  /** Whether a partition begins at {@code time}. */
  boolean beginsAt(Instant time) {
    OffsetDateTime utc = time.atOffset(ZoneOffset.UTC);
    boolean midnight = time.equals(utc.toLocalDate().atStartOfDay().toInstant(ZoneOffset.UTC));
    return switch (this) {
      case DATE -> midnight;
      case MONTH -> midnight && utc.getDayOfMonth() == 1;
      case NONE -> false;
    };
  }
}
