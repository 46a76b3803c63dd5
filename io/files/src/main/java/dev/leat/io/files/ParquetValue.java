package dev.leat.io.files;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.leat.io.spi.RowJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.UUID;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * One value of a Parquet column as JSON.
 *
 * <ul>
 *   <li>Timestamps of every unit, and INT96: ISO-8601 in UTC with as many digits of a second as
 *       they have. A timestamp without a zone is taken as UTC.
 *   <li>Dates {@code "2015-09-12"}, times of day {@code "13:00:00"}.
 *   <li>Decimals: exact numbers. Integers: numbers, unsigned ones without a sign. NaN and the
 *       infinities: null.
 *   <li>Strings, enums, JSON: text. UUIDs: their text. Other bytes: base64.
 * </ul>
 */
final class ParquetValue {
  /** The Julian day number of 1970-01-01, from which INT96 counts. */
  private static final long JULIAN_DAY_OF_EPOCH = 2_440_588;

  private ParquetValue() {}

  /**
   * @throws java.time.DateTimeException if a date or time is out of range
   */
  static void write(Group group, int field, int index, JsonGenerator json) throws IOException {
    PrimitiveType type = group.getType().getType(field).asPrimitiveType();
    LogicalTypeAnnotation as = type.getLogicalTypeAnnotation();
    switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> json.writeBoolean(group.getBoolean(field, index));
      case INT32 -> writeInteger(group.getInteger(field, index), true, as, json);
      case INT64 -> writeInteger(group.getLong(field, index), false, as, json);
      case FLOAT -> writeFloat(group.getFloat(field, index), json);
      case DOUBLE -> {
        double value = group.getDouble(field, index);
        writeNumberOrNull(Double.isFinite(value), Double.toString(value), json);
      }
      case INT96 -> json.writeString(int96(group.getInt96(field, index)).toString());
      case BINARY, FIXED_LEN_BYTE_ARRAY ->
          writeBytes(group.getBinary(field, index), type, as, json);
    }
  }

  private static void writeInteger(
      long value, boolean int32, LogicalTypeAnnotation as, JsonGenerator json) throws IOException {
    if (as instanceof DecimalLogicalTypeAnnotation decimal) {
      json.writeNumber(RowJson.text(BigDecimal.valueOf(value, decimal.getScale())));
    } else if (as instanceof TimestampLogicalTypeAnnotation timestamp) {
      json.writeString(instant(value, timestamp.getUnit()).toString());
    } else if (as instanceof DateLogicalTypeAnnotation) {
      json.writeString(LocalDate.ofEpochDay(value).toString());
    } else if (as instanceof TimeLogicalTypeAnnotation time) {
      long nanos = unit(time.getUnit()).toNanos(value);
      json.writeString(DateTimeFormatter.ISO_LOCAL_TIME.format(LocalTime.ofNanoOfDay(nanos)));
    } else if (as instanceof IntLogicalTypeAnnotation integer && !integer.isSigned()) {
      json.writeNumber(
          int32 ? Integer.toUnsignedString((int) value) : Long.toUnsignedString(value));
    } else {
      json.writeNumber(value);
    }
  }

  private static void writeBytes(
      Binary value, PrimitiveType type, LogicalTypeAnnotation as, JsonGenerator json)
      throws IOException {
    if (as instanceof StringLogicalTypeAnnotation
        || as instanceof EnumLogicalTypeAnnotation
        || as instanceof JsonLogicalTypeAnnotation) {
      json.writeString(value.toStringUsingUTF8());
    } else if (as instanceof DecimalLogicalTypeAnnotation decimal && value.length() > 0) {
      BigInteger unscaled = new BigInteger(value.getBytes());
      json.writeNumber(RowJson.text(new BigDecimal(unscaled, decimal.getScale())));
    } else if (as instanceof UUIDLogicalTypeAnnotation && value.length() == 16) {
      ByteBuffer bytes = ByteBuffer.wrap(value.getBytes());
      json.writeString(new UUID(bytes.getLong(), bytes.getLong()).toString());
    } else if (as instanceof Float16LogicalTypeAnnotation
        && type.getPrimitiveTypeName() == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY
        && value.length() == 2) {
      writeFloat(
          float16(ByteBuffer.wrap(value.getBytes()).order(ByteOrder.LITTLE_ENDIAN).getShort()),
          json);
    } else {
      json.writeString(Base64.getEncoder().encodeToString(value.getBytes()));
    }
  }

  private static void writeFloat(float value, JsonGenerator json) throws IOException {
    writeNumberOrNull(Float.isFinite(value), Float.toString(value), json);
  }

  private static void writeNumberOrNull(boolean finite, String number, JsonGenerator json)
      throws IOException {
    if (finite) {
      json.writeNumber(number);
    } else {
      json.writeNull();
    }
  }

  private static Instant instant(long value, TimeUnit unit) {
    long perSecond = unit(unit).convert(1, java.util.concurrent.TimeUnit.SECONDS);
    return Instant.ofEpochSecond(
        Math.floorDiv(value, perSecond),
        Math.floorMod(value, perSecond) * (1_000_000_000L / perSecond));
  }

  private static Instant int96(Binary value) {
    ByteBuffer bytes = ByteBuffer.wrap(value.getBytes()).order(ByteOrder.LITTLE_ENDIAN);
    long nanosOfDay = bytes.getLong();
    long day = bytes.getInt() - JULIAN_DAY_OF_EPOCH;
    return Instant.ofEpochSecond(java.util.concurrent.TimeUnit.DAYS.toSeconds(day), nanosOfDay);
  }

  private static java.util.concurrent.TimeUnit unit(TimeUnit unit) {
    return switch (unit) {
      case MILLIS -> java.util.concurrent.TimeUnit.MILLISECONDS;
      case MICROS -> java.util.concurrent.TimeUnit.MICROSECONDS;
      case NANOS -> java.util.concurrent.TimeUnit.NANOSECONDS;
    };
  }

  /** IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction. */
  private static float float16(short bits) {
    int exponent = (bits >> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    float magnitude =
        exponent == 0x1F
            ? fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN
            : exponent == 0
                ? Math.scalb((float) fraction, -24)
                : Math.scalb((float) (fraction | 0x400), exponent - 25);
    return bits < 0 ? -magnitude : magnitude;
  }
}
