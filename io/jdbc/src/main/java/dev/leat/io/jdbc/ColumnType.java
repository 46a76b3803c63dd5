package dev.leat.io.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.io.spi.StoredTypes;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/**
 * The type of a column, and its values as the text that PostgreSQL reads for it: the same for
 * {@code COPY} and for a parameter with a cast.
 */
enum ColumnType {
  TEXT("text", "character varying"),
  SMALLINT("smallint", "integer", "bigint"),
  INTEGER("integer", "bigint"),
  BIGINT("bigint"),
  REAL("real", "double precision"),
  DOUBLE("double precision"),
  BOOLEAN("boolean"),
  NUMERIC("numeric(38,9)", "numeric"),
  TIMESTAMPTZ(
      "timestamp with time zone", "timestamp(3) with time zone", "timestamp(6) with time zone"),
  BYTEA("bytea"),
  JSONB("jsonb");

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendValue(ChronoField.YEAR_OF_ERA, 4, 9, SignStyle.NEVER)
          .appendPattern("-MM-dd HH:mm:ss.SSS")
          .toFormatter(Locale.ROOT);

  private final String sql;
  private final Set<String> alsoTaken;

  ColumnType(String sql, String... alsoTaken) {
    this.sql = sql;
    this.alsoTaken = Set.of(alsoTaken);
  }

  /** As a new table has it, and as {@code format_type} writes it. */
  String sql() {
    return sql;
  }

  /** Whether a column of this type holds all values. */
  boolean fits(String stored) {
    return sql.equals(stored) || alsoTaken.contains(stored);
  }

  /** Empty if there is none for it. */
  static Optional<ColumnType> of(FieldType type) {
    return switch (type.getTypeName()) {
      case STRING -> Optional.of(TEXT);
      case BYTE, INT16 -> Optional.of(SMALLINT);
      case INT32 -> Optional.of(INTEGER);
      case INT64 -> Optional.of(BIGINT);
      case FLOAT -> Optional.of(REAL);
      case DOUBLE -> Optional.of(DOUBLE);
      case BOOLEAN -> Optional.of(BOOLEAN);
      case DECIMAL -> Optional.of(NUMERIC);
      case DATETIME -> Optional.of(TIMESTAMPTZ);
      case BYTES -> Optional.of(BYTEA);
      case ARRAY, ITERABLE, MAP, ROW ->
          JsonText.canWrite(type) ? Optional.of(JSONB) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /**
   * @throws ArithmeticException if a decimal has more than 29 digits before the point
   */
  static @Nullable String text(FieldType type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.getTypeName()) {
      case STRING -> storable((String) value);
      case DECIMAL -> StoredTypes.decimal((BigDecimal) value).toPlainString();
      case DATETIME -> time((ReadableInstant) value);
      case BYTES -> "\\x" + HexFormat.of().formatHex((byte[]) value);
      case ARRAY, ITERABLE, MAP, ROW -> JsonText.of(type, value);
      default -> value.toString();
    };
  }

  /** PostgreSQL has no U+0000 in texts, and UTF-8 has no half of a surrogate pair. */
  static String storable(String text) {
    String whole = new String(text.getBytes(UTF_8), UTF_8);
    return whole.replace('\0', '\uFFFD');
  }

  /** Not ISO-8601: PostgreSQL reads neither its years after 9999 nor those before 1. */
  static String time(ReadableInstant value) {
    LocalDateTime time =
        LocalDateTime.ofInstant(Instant.ofEpochMilli(value.getMillis()), ZoneOffset.UTC);
    return TIME.format(time) + "+00" + (time.getYear() < 1 ? " BC" : "");
  }
}
