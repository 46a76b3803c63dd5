package dev.leat.io.spi;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.jspecify.annotations.Nullable;

/** Beam's logical types as the types they are stored as: for sinks that write values. */
public final class StoredTypes {
  /** Digits after the point of a stored decimal; further ones are rounded half to even. */
  public static final int DECIMAL_SCALE = 9;

  /** Digits of a stored decimal in all. */
  public static final int DECIMAL_PRECISION = 38;

  private StoredTypes() {}

  /**
   * The decimal as every sink stores it.
   *
   * @throws ArithmeticException if it has too many digits before the point
   */
  public static BigDecimal decimal(BigDecimal value) {
    BigDecimal rounded = value.setScale(DECIMAL_SCALE, RoundingMode.HALF_EVEN);
    if (rounded.precision() > DECIMAL_PRECISION) {
      throw new ArithmeticException(
          "a decimal has "
              + (rounded.precision() - DECIMAL_SCALE)
              + " digits before the point, expected "
              + (DECIMAL_PRECISION - DECIMAL_SCALE)
              + " or fewer");
    }
    return rounded;
  }

  /** The type itself, or the one that a logical type is stored as. */
  public static FieldType of(FieldType type) {
    return isLogical(type) ? of(present(type.getLogicalType()).getBaseType()) : type;
  }

  /** The value in the type that {@link #of} gives. */
  @SuppressWarnings("unchecked")
  public static Object valueOf(FieldType type, Object value) {
    if (!isLogical(type)) {
      return value;
    }
    var logical = (Schema.LogicalType<Object, Object>) present(type.getLogicalType());
    return valueOf(logical.getBaseType(), logical.toBaseType(value));
  }

  public static FieldType elementOf(FieldType type) {
    return present(of(type).getCollectionElementType());
  }

  public static FieldType keyOf(FieldType type) {
    return present(of(type).getMapKeyType());
  }

  public static FieldType mapValueOf(FieldType type) {
    return present(of(type).getMapValueType());
  }

  public static Schema rowOf(FieldType type) {
    return present(of(type).getRowSchema());
  }

  private static boolean isLogical(FieldType type) {
    return type.getTypeName() == Schema.TypeName.LOGICAL_TYPE;
  }

  /** Beam's schema has every part that its kind of type needs. */
  private static <T> T present(@Nullable T part) {
    if (part == null) {
      throw new IllegalArgumentException("a schema that lacks the type of a part");
    }
    return part;
  }
}
