package dev.leat.io.lake;

import com.google.common.base.Ascii;
import dev.leat.event.EventBytes;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** What the raw lake can be partitioned by, from coarse to fine. */
enum RawPartition {
  /** {@code 2015-09}. */
  MONTH(Types.StringType.get()),
  DATE(Types.DateType.get()),
  /** 0 to 23, UTC. */
  HOUR(Types.IntegerType.get()),
  /** The event's own column. */
  TENANT(Types.StringType.get());

  static final List<RawPartition> DEFAULT = List.of(DATE, HOUR, TENANT);

  private static final long SECONDS_OF_DAY = 86_400;

  private final Type type;

  RawPartition(Type type) {
    this.type = type;
  }

  String column() {
    return Ascii.toLowerCase(name());
  }

  Type type() {
    return type;
  }

  /** The day of an event in UTC, as {@code date} has it: days since 1970. */
  static int day(EventBytes event) {
    return Math.toIntExact(Math.floorDiv(event.seconds(), SECONDS_OF_DAY));
  }

  /** As {@code hour} has it. */
  static int hour(EventBytes event) {
    return (int) (Math.floorMod(event.seconds(), SECONDS_OF_DAY) / 3600);
  }

  /** As {@code month} has it. */
  static String month(LocalDate date) {
    return String.format(Locale.ROOT, "%04d-%02d", date.getYear(), date.getMonthValue());
  }

  /**
   * What {@code partition=} asks for.
   *
   * @throws UsageException if it is not a list of these, each once
   */
  static Optional<List<RawPartition>> asked(ConnectorUri uri) {
    return uri.parameter("partition").map(list -> parse(uri, list));
  }

  /** What a table is partitioned by; empty if that is not how a raw table can be. */
  static Optional<List<RawPartition>> of(PartitionSpec spec) {
    List<RawPartition> partitions = new ArrayList<>();
    for (PartitionField field : spec.fields()) {
      Optional<RawPartition> partition =
          Arrays.stream(values()).filter(known -> known.column().equals(field.name())).findFirst();
      if (partition.isEmpty() || !field.transform().isIdentity()) {
        return Optional.empty();
      }
      partitions.add(partition.get());
    }
    return Optional.of(partitions);
  }

  static String list(List<RawPartition> partitions) {
    return partitions.stream().map(RawPartition::column).collect(Collectors.joining(","));
  }

  private static List<RawPartition> parse(ConnectorUri uri, String list) {
    List<RawPartition> partitions = new ArrayList<>();
    for (String name : list.split(",", -1)) {
      RawPartition partition =
          Arrays.stream(values())
              .filter(known -> known.column().equals(name.strip()))
              .findFirst()
              .orElse(null);
      if (partition == null || partitions.contains(partition)) {
        throw new UsageException(
            uri + ": partition: expected some of month,date,hour,tenant, each once, got " + list);
      }
      partitions.add(partition);
    }
    return List.copyOf(partitions);
  }
}
