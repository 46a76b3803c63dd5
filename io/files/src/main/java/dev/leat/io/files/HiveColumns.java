package dev.leat.io.files;

import com.google.common.base.Splitter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the {@code key=value} folders above a file say of its rows. */
final class HiveColumns {
  static final String NULL = "__HIVE_DEFAULT_PARTITION__";

  private HiveColumns() {}

  /** Values by column, percent escapes read, empty for Hive's null; the deepest folder wins. */
  static Map<String, Optional<String>> of(String file) {
    Map<String, Optional<String>> columns = new LinkedHashMap<>();
    List<String> parts = Splitter.on('/').splitToList(file);
    for (String folder : parts.subList(0, parts.size() - 1)) {
      int equals = folder.indexOf('=');
      if (equals > 0) {
        String value = folder.substring(equals + 1);
        columns.put(
            unescape(folder.substring(0, equals)),
            value.equals(NULL) ? Optional.empty() : Optional.of(unescape(value)));
      }
    }
    return columns;
  }

  private static String unescape(String escaped) {
    try {
      return URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return escaped; // A percent sign that stands for itself.
    }
  }
}
