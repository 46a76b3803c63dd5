package dev.leat.io.lake;

import com.fasterxml.jackson.core.JsonPointer;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Payload;
import dev.leat.field.FieldRef;
import dev.leat.ingest.EventMapper;
import dev.leat.ingest.Mapping;
import dev.leat.io.spi.TimeRanges;
import dev.leat.io.spi.UsageException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * How the rows of a source tell when their events are: those of a raw table by {@code time}, those
 * of another by the column that the workflow's mapping points into.
 *
 * @param column the column that the time is in
 * @param isRaw whether the table is a raw table
 * @param partitions of a raw table
 * @param mapper what makes a time of the column's value; empty if the value is the time
 */
record SourceTimes(
    Types.NestedField column,
    boolean isRaw,
    List<RawPartition> partitions,
    Optional<EventMapper> mapper) {

  static SourceTimes ofRaw(Schema columns, List<RawPartition> partitions) {
    return new SourceTimes(columns.findField("time"), true, partitions, Optional.empty());
  }

  /**
   * @param mapping not that of CloudEvents
   * @throws UsageException if the table has no such column as the mapping's time is in
   */
  static SourceTimes ofRows(LakeTable name, Schema columns, Mapping mapping) {
    FieldRef time = mapping.time().orElseThrow();
    JsonPointer pointer = JsonPointer.compile(time.toString());
    Types.NestedField column = columns.asStruct().field(pointer.getMatchingProperty());
    if (column == null) {
      throw new UsageException(
          name
              + ": events.time: expected a column of the table, got '"
              + time
              + "'; it has "
              + columns.columns().stream()
                  .map(each -> "/" + each.name())
                  .collect(Collectors.joining(", ")));
    }
    boolean isTime =
        column.type().typeId() == Type.TypeID.TIMESTAMP
            && pointer.tail().matches()
            && mapping.timeFormat().isIso();
    return new SourceTimes(
        column,
        false,
        List.of(),
        isTime ? Optional.empty() : Optional.of(new EventMapper(mapping)));
  }

  /** Whether a file's bounds of the column are times of events. */
  boolean hasBounds() {
    return mapper.isEmpty();
  }

  /** Whether the table is partitioned by these times, so that its expiry cuts at one. */
  boolean partitionTheTable() {
    return isRaw || column.name().equals(RowPartition.WINDOW_START);
  }

  /** True of all rows whose events are at these times, and perhaps of others. */
  Expression filter(TimeRanges times) {
    return hasBounds()
        ? EventTimeFilter.of(times, column.name(), partitions)
        : Expressions.alwaysTrue();
  }

  /** As {@link #filter}, and true of all rows that do not tell a time: they are dead letters. */
  Expression filterWithStrays(TimeRanges times) {
    return column.isRequired()
        ? filter(times)
        : Expressions.or(filter(times), Expressions.isNull(column.name()));
  }

  /**
   * In epoch milliseconds; empty if the row does not tell.
   *
   * @param row with this column alone
   */
  OptionalLong of(Record row) {
    if (mapper.isPresent()) {
      try {
        byte[] json = RowPayload.of(row, new Schema(column));
        return OptionalLong.of(mapper.get().timeOf(Payload.takingOver(json)).toEpochMilli());
      } catch (RejectedException e) {
        // Whoever parses the row makes the dead letter.
        return OptionalLong.empty();
      }
    }
    Object time = row.get(0);
    if (time instanceof LocalDateTime) {
      time = ((LocalDateTime) time).atOffset(ZoneOffset.UTC);
    }
    return time == null
        ? OptionalLong.empty()
        : OptionalLong.of(((OffsetDateTime) time).toInstant().toEpochMilli());
  }
}
