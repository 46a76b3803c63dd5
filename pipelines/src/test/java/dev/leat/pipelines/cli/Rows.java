package dev.leat.pipelines.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.leat.io.lake.LakeRows;
import dev.leat.io.spi.ConnectorUri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Result rows as text by column, so that those of Leat, of its sinks and of DuckDB can be compared:
 * numbers without trailing zeros, times in UTC.
 */
public final class Rows {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private Rows() {}

  /** What a {@code jsonl:} sink wrote, sorted. */
  public static List<Map<String, String>> ofFolder(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> lines = new ArrayList<>();
      for (Path file : files.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
      return ofLines(lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Rows as JSON lines, sorted. */
  public static List<Map<String, String>> ofLines(Collection<String> lines) {
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines) {
      Map<String, String> row = new LinkedHashMap<>();
      try {
        JSON.readTree(line)
            .fields()
            .forEachRemaining(field -> row.put(field.getKey(), text(field.getValue())));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      rows.add(row);
    }
    return sorted(rows);
  }

  /** The current version of a table, sorted. */
  public static List<Map<String, String>> ofLake(String uri) {
    List<Map<String, String>> rows = new ArrayList<>();
    for (Map<String, ?> stored : LakeRows.read(ConnectorUri.parse(uri))) {
      Map<String, String> row = new LinkedHashMap<>();
      stored.forEach((name, value) -> row.put(name, text(value)));
      rows.add(row);
    }
    return sorted(rows);
  }

  /** What DuckDB answers, sorted. */
  public static List<Map<String, String>> ofDuckDb(String sql) {
    Properties settings = new Properties();
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    List<Map<String, String>> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.put(result.getMetaData().getColumnLabel(i), text(result.getObject(i)));
        }
        rows.add(row);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return sorted(rows);
  }

  /** Only these columns of each row. */
  public static List<Map<String, String>> columns(
      List<Map<String, String>> rows, String... columns) {
    List<Map<String, String>> chosen = new ArrayList<>();
    for (Map<String, String> row : rows) {
      Map<String, String> part = new LinkedHashMap<>();
      for (String column : columns) {
        part.put(column, row.get(column));
      }
      chosen.add(part);
    }
    return sorted(chosen);
  }

  private static List<Map<String, String>> sorted(List<Map<String, String>> rows) {
    return rows.stream().sorted((a, b) -> a.toString().compareTo(b.toString())).toList();
  }

  private static String text(Object value) {
    if (value instanceof JsonNode) {
      return text((JsonNode) value);
    }
    if (value instanceof Number) {
      BigDecimal number = new BigDecimal(value.toString());
      return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
    if (value instanceof OffsetDateTime) {
      return SECONDS.format((OffsetDateTime) value);
    }
    if (value instanceof Timestamp) {
      return SECONDS.format(((Timestamp) value).toLocalDateTime().toInstant(ZoneOffset.UTC));
    }
    if (value instanceof Collection) {
      return ((Collection<?>) value).stream().map(Rows::text).collect(Collectors.joining(","));
    }
    if (value instanceof ByteBuffer) {
      return UTF_8.decode(((ByteBuffer) value).duplicate()).toString();
    }
    if (value instanceof Array) {
      try {
        return text(Arrays.asList((Object[]) ((Array) value).getArray()));
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
    return String.valueOf(value);
  }

  private static String text(JsonNode value) {
    if (value.isArray()) {
      List<Object> elements = new ArrayList<>();
      value.forEach(elements::add);
      return text(elements);
    }
    if (value.isNumber()) {
      return text(value.decimalValue());
    }
    String text = value.asText();
    return text.matches("\\d{4}-\\d\\d-\\d\\dT.*Z") ? SECONDS.format(Instant.parse(text)) : text;
  }
}
