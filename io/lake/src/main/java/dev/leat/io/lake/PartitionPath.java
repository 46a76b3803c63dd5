package dev.leat.io.lake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a partition, as Hive writes it: {@code date=2015-09-12/hour=13/tenant=en}.
 *
 * <p>It is made for plain Parquet readers and for people; Iceberg keeps the values themselves.
 * Every byte but ASCII letters, digits, {@code _}, {@code -} and {@code .} is percent-encoded, and
 * a value of more than {@value #MAX_ENCODED} bytes is cut and ends in {@code ~} and a hash, so that
 * no value leaves its folder or outgrows the file system, and two values never share one.
 */
final class PartitionPath {
  private static final int MAX_ENCODED = 150;
  private static final int CUT = 100;
  private static final String NULL = "__HIVE_DEFAULT_PARTITION__";

  private PartitionPath() {}

  /** The path beneath the data folder, without a slash at either end; empty if not partitioned. */
  static String of(PartitionSpec spec, StructLike partition) {
    StringJoiner path = new StringJoiner("/");
    List<PartitionField> fields = spec.fields();
    List<Types.NestedField> results = spec.partitionType().fields();
    for (int i = 0; i < fields.size(); i++) {
      PartitionField field = fields.get(i);
      Object value = partition.get(i, Object.class);
      path.add(
          encode(field.name()) + "=" + render(field.transform(), results.get(i).type(), value));
    }
    return path.toString();
  }

  @SuppressWarnings("unchecked")
  private static String render(Transform<?, ?> transform, Type type, @Nullable Object value) {
    if (value == null) {
      return NULL;
    }
    return encode(
        type.equals(Types.StringType.get())
            ? value.toString()
            : ((Transform<?, Object>) transform).toHumanString(type, value));
  }

  static String encode(String value) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : value.getBytes(UTF_8)) {
      char c = (char) (b & 0xFF);
      if (isPlain(c)) {
        encoded.append(c);
      } else {
        encoded.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      }
    }
    // A value that is spelled like Hive's word for null must not be taken for it.
    if (encoded.toString().equals(NULL)) {
      encoded.replace(0, 1, "%5F");
    }
    if (encoded.length() <= MAX_ENCODED) {
      return encoded.toString();
    }
    int cut = CUT;
    // Not within an escape.
    int escape = encoded.lastIndexOf("%", cut - 1);
    if (escape >= cut - 2) {
      cut = escape;
    }
    return encoded.substring(0, cut)
        + "~"
        + Hashing.sha256().hashString(value, UTF_8).toString().substring(0, 32);
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-'
        || c == '.';
  }
}
