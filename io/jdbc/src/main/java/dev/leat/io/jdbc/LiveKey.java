package dev.leat.io.jdbc;

import com.google.common.collect.ImmutableList;
import dev.leat.bytes.ByteWriter;
import dev.leat.io.spi.LiveRows;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.Schema.TypeName;
import org.apache.beam.sdk.values.Row;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/**
 * What tells the rows of a live table apart. The values of the key's columns, but {@code
 * window_start}, stand in the table as one hash, {@link #HASH}: the first 128 bits of a SHA-256.
 * Unlike an index on the columns themselves it takes values of any length (an index refuses more
 * than 2,704 bytes, so that one long text would end the job), takes null for equal to null in every
 * version of PostgreSQL, and is there too for a table of one row, whose key has no column.
 *
 * @param kind how rows relate
 * @param columns the key's columns, in the order of their names
 */
record LiveKey(LiveRows.Kind kind, ImmutableList<String> columns) implements Serializable {
  private static final long serialVersionUID = 1L;

  static final String HASH = "leat_key";
  static final String WINDOW_START = "window_start";
  static final String WINDOW_END = "window_end";

  private static final Set<TypeName> TYPES =
      Set.of(
          TypeName.STRING,
          TypeName.BYTE,
          TypeName.INT16,
          TypeName.INT32,
          TypeName.INT64,
          TypeName.BOOLEAN,
          TypeName.DECIMAL,
          TypeName.DATETIME);

  static LiveKey of(LiveRows rows) {
    return new LiveKey(rows.kind(), ImmutableList.sortedCopyOf(rows.key()));
  }

  /** What {@link #comment} wrote; empty if it is something else. */
  static Optional<LiveKey> parse(@Nullable String comment) {
    if (comment == null) {
      return Optional.empty();
    }
    for (LiveRows.Kind kind : LiveRows.Kind.values()) {
      String prefix = prefix(kind);
      if (comment.startsWith(prefix)) {
        String list = comment.substring(prefix.length());
        try {
          return Optional.of(
              new LiveKey(
                  kind,
                  list.isEmpty()
                      ? ImmutableList.of()
                      : ImmutableList.copyOf(Identifiers.split(list, ','))));
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** How the table remembers it: the comment of the column {@link #HASH}. */
  String comment() {
    return prefix(kind) + String.join(",", columns.stream().map(Identifiers::quote).toList());
  }

  /** For a person. */
  @Override
  public String toString() {
    return String.join(", ", columns) + (isSessions() ? ", as sessions" : "");
  }

  private static String prefix(LiveRows.Kind kind) {
    return "Leat " + kind + " by ";
  }

  void check(Schema rows, List<String> problems) {
    for (String column : columns) {
      if (!rows.hasField(column)) {
        problems.add("column '" + column + "': it is in the key and the rows lack it");
      } else if (!TYPES.contains(rows.getField(column).getType().getTypeName())) {
        problems.add(
            "column '"
                + column
                + "': "
                + rows.getField(column).getType().getTypeName()
                + " cannot be in a key");
      }
    }
    if (isSessions()) {
      for (String column : List.of(WINDOW_START, WINDOW_END)) {
        if (!isTime(rows, column)) {
          problems.add("column '" + column + "': sessions need it as a time that is never null");
        }
      }
    }
  }

  boolean isSessions() {
    return kind == LiveRows.Kind.REPLACE_SESSIONS;
  }

  /** Whether {@code window_start} is beside the hash in the index. */
  boolean isWindowed(Schema rows) {
    return isSessions() || (columns.contains(WINDOW_START) && isTime(rows, WINDOW_START));
  }

  private static boolean isTime(Schema rows, String column) {
    return rows.hasField(column)
        && rows.getField(column).getType().getTypeName() == TypeName.DATETIME
        && !rows.getField(column).getType().getNullable();
  }

  /** The columns of the unique index. */
  List<String> indexed(Schema rows) {
    if (isSessions()) {
      return List.of(HASH, WINDOW_START);
    }
    // The time first: new rows are near one another, and a range of windows is found.
    return isWindowed(rows) ? List.of(WINDOW_START, HASH) : List.of(HASH);
  }

  /** For sessions the same for all of a group. */
  UUID hash(Row row) {
    ByteWriter bytes = new ByteWriter(64);
    for (String column : hashed(row.getSchema())) {
      bytes.writeNullableString(
          canonical(row.getSchema().getField(column).getType(), row.getValue(column)));
    }
    ByteBuffer digest = ByteBuffer.wrap(sha256(bytes.toByteArray()));
    return new UUID(digest.getLong(), digest.getLong());
  }

  private List<String> hashed(Schema rows) {
    List<String> hashed = new ArrayList<>(columns);
    if (isWindowed(rows)) {
      hashed.remove(WINDOW_START);
    }
    if (isSessions()) {
      hashed.remove(WINDOW_END);
    }
    return hashed;
  }

  /** Equal values of equal columns have equal texts, whatever the width of the number. */
  private static @Nullable String canonical(FieldType type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.getTypeName()) {
      case DATETIME -> Long.toString(((ReadableInstant) value).getMillis());
      case DECIMAL -> ((BigDecimal) value).stripTrailingZeros().toString();
      default -> value.toString();
    };
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
