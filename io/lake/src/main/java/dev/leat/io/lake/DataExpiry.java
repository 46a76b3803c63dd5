package dev.leat.io.lake;

import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** Removes whole partitions of old data, by their metadata. */
final class DataExpiry {
  /**
   * Where a table is cut.
   *
   * @param time the beginning of the first partition that stays
   * @param older true of the rows of all partitions before it, and of no others
   */
  private record Cut(Instant time, Expression older) {}

  private DataExpiry() {}

  static ExpiredData find(LakeTable name, Instant limit) {
    try (Warehouse.OpenTable open = Warehouse.openTable(name)) {
      return olderThan(open.table(), cut(name, open.table(), limit));
    }
  }

  static ExpiredData expire(LakeTable name, Instant limit) {
    try (Warehouse.OpenTable open = Warehouse.openTable(name)) {
      Table table = open.table();
      Cut cut = cut(name, table, limit);
      ExpiredData old = olderThan(table, cut);
      if (old.files() > 0) {
        tellFrom(table, cut.time());
      }
      while (old.files() > 0 && !isRemoved(name, table, cut)) {
        table.refresh();
        old = olderThan(table, cut);
      }
      return old;
    }
  }

  /**
   * Remembers from when on a table has all that it had, before any is gone: whoever makes windows
   * of its events or rows anew must not take what is left for all.
   */
  private static void tellFrom(Table table, Instant time) {
    String before = table.properties().get(History.EVENTS_FROM);
    if (before == null || Instant.parse(before).isBefore(time)) {
      table.updateProperties().set(History.EVENTS_FROM, time.toString()).commit();
    }
  }

  private static boolean isRaw(Table table) {
    return table.schema().findField("time") != null && table.schema().findField("tenant") != null;
  }

  /** False if an ingest moved its bookmark meanwhile, and nothing was removed. */
  private static boolean isRemoved(LakeTable name, Table table, Cut cut) {
    String id = UUID.randomUUID().toString();
    CarriedBookmarks bookmarks = CarriedBookmarks.of(table);
    DeleteFiles delete = table.newDelete().deleteFromRowFilter(cut.older());
    bookmarks.carryWith(delete);
    delete.set(History.COMMIT_ID, id);
    FaultPoint.DATA_EXPIRING.reached();
    try {
      Commit.commit(table, delete, id);
      return true;
    } catch (ValidationException e) {
      table.refresh();
      if (!CarriedBookmarks.of(table).equals(bookmarks)) {
        return false;
      }
      throw new UsageException(
          name
              + ": has files of another partitioning, which hold rows on both sides of "
              + cut.time()
              + "; nothing was removed");
    }
  }

  private static ExpiredData olderThan(Table table, Cut cut) {
    Set<String> partitions = new HashSet<>();
    int files = 0;
    long rows = 0;
    long bytes = 0;
    try (CloseableIterable<FileScanTask> tasks = table.newScan().filter(cut.older()).planFiles()) {
      for (FileScanTask task : tasks) {
        DataFile file = task.file();
        partitions.add(PartitionPath.of(task.spec(), file.partition()));
        files++;
        rows += file.recordCount();
        bytes += file.fileSizeInBytes();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a read of " + table.name(), e);
    }
    return new ExpiredData(cut.time(), partitions.size(), files, rows, bytes);
  }

  private static Cut cut(LakeTable name, Table table, Instant limit) {
    Optional<Cut> cut =
        isRaw(table)
            ? RawPartition.of(table.spec()).flatMap(partitions -> raw(partitions, limit))
            : byTransform(table, limit);
    return cut.orElseThrow(
        () ->
            new UsageException(
                name
                    + ": --eventsOlderThan removes whole partitions of days, hours or months, and"
                    + " the table is partitioned by "
                    + (table.spec().isUnpartitioned()
                        ? "nothing"
                        : String.join(
                            ",",
                            table.spec().fields().stream().map(PartitionField::name).toList()))));
  }

  private static Optional<Cut> raw(List<RawPartition> partitions, Instant limit) {
    OffsetDateTime at = limit.atOffset(ZoneOffset.UTC);
    if (partitions.contains(RawPartition.DATE)) {
      int day = Math.toIntExact(at.toLocalDate().toEpochDay());
      Expression before = Expressions.lessThan("date", day);
      if (!partitions.contains(RawPartition.HOUR)) {
        return Optional.of(new Cut(limit.truncatedTo(ChronoUnit.DAYS), before));
      }
      return Optional.of(
          new Cut(
              limit.truncatedTo(ChronoUnit.HOURS),
              Expressions.or(
                  before,
                  Expressions.and(
                      Expressions.equal("date", day),
                      Expressions.lessThan("hour", at.getHour())))));
    }
    return partitions.contains(RawPartition.MONTH)
        ? Optional.of(
            new Cut(
                RowPartition.MONTH.beginOf(limit),
                Expressions.lessThan("month", RawEvents.month(at))))
        : Optional.empty();
  }

  /** Derived tables and dead letters, which are partitioned by the day or month of a column. */
  private static Optional<Cut> byTransform(Table table, Instant limit) {
    for (PartitionField field : table.spec().fields()) {
      Types.NestedField column = table.schema().findField(field.sourceId());
      LocalDate date = limit.atOffset(ZoneOffset.UTC).toLocalDate();
      LocalDate begin =
          switch (field.transform().toString()) {
            case "day" -> date;
            case "month" -> date.withDayOfMonth(1);
            default -> null;
          };
      if (begin != null && column != null) {
        Instant time = begin.atStartOfDay().toInstant(ZoneOffset.UTC);
        long micros = Math.multiplyExact(time.getEpochSecond(), 1_000_000L);
        return Optional.of(new Cut(time, Expressions.lessThan(column.name(), micros)));
      }
    }
    return Optional.empty();
  }
}
