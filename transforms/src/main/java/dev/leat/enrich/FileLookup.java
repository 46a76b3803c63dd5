package dev.leat.enrich;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ascii;
import com.google.common.io.CharStreams;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Json;
import dev.leat.event.MalformedPayloadException;
import dev.leat.field.FieldRef;
import dev.leat.field.Values;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A lookup in one file: CSV with a header, or JSON lines; by its name ending, gzip or zstd too. The
 * rows must fit into memory. Where two rows have one key the later one holds. Cells of CSV are
 * texts.
 */
public final class FileLookup implements Lookup {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final @Nullable String keyColumn;
  private final boolean csv;

  private FileLookup(String file, @Nullable String keyColumn, boolean csv) {
    this.file = file;
    this.keyColumn = keyColumn;
    this.csv = csv;
  }

  /**
   * @param file as Beam's file systems name it; its name tells the format: {@code .csv} or {@code
   *     .jsonl} (also {@code .ndjson}, {@code .json}), perhaps then {@code .gz} or {@code .zst}
   * @param keyColumn the column, or the member of each JSON object, that is the key; {@code null}
   *     for the first column of a CSV
   * @throws IllegalArgumentException if the name tells no format, or JSON lines have no key
   */
  public static FileLookup of(String file, @Nullable String keyColumn) {
    String name = Ascii.toLowerCase(file).replaceFirst("\\.(gz|zst)$", "");
    boolean csv = name.endsWith(".csv");
    if (!csv && !name.matches(".*\\.(jsonl|ndjson|json)")) {
      throw new IllegalArgumentException(
          "lookup: expected a file that ends in .csv or .jsonl, got '" + file + "'");
    }
    if (!csv && keyColumn == null) {
      throw new IllegalArgumentException(
          "on: expected the member that is the key, because JSON has no first column");
    }
    return new FileLookup(file, keyColumn, csv);
  }

  /** The file, as it was named. */
  public String file() {
    return file;
  }

  @Override
  public Map<String, ObjectNode> load() throws IOException {
    Metadata metadata = FileSystems.matchSingleFileSpec(file);
    try (InputStream in =
            Channels.newInputStream(
                Compression.detect(file)
                    .readDecompressed(FileSystems.open(metadata.resourceId())));
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, strict()))) {
      skipByteOrderMark(reader);
      return csv ? loadCsv(reader) : loadJson(reader);
    } catch (CharacterCodingException | CSVException e) {
      throw described(e);
    } catch (UncheckedIOException e) {
      throw described(e.getCause());
    }
  }

  /** Spreadsheets write one, and it would be a part of the first column's name. */
  private static void skipByteOrderMark(BufferedReader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != '\uFEFF') {
      reader.reset();
    }
  }

  /** A reader by the charset alone would put U+FFFD for what is not UTF-8. */
  private static CharsetDecoder strict() {
    return UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);
  }

  private IOException described(@Nullable IOException e) {
    return new IOException(
        file + (e instanceof CharacterCodingException ? ": not UTF-8" : ": not CSV"), e);
  }

  private Map<String, ObjectNode> loadCsv(BufferedReader reader) throws IOException {
    Map<String, ObjectNode> rows = new HashMap<>();
    try (CSVParser parser = CSVParser.parse(reader, CSVFormat.RFC4180)) {
      Iterator<CSVRecord> records = parser.iterator();
      if (!records.hasNext()) {
        throw new IOException(file + ": expected a header, got nothing");
      }
      List<String> columns = records.next().toList();
      int key = keyOf(columns);
      while (records.hasNext()) {
        CSVRecord record = records.next();
        if (record.size() != columns.size()) {
          throw new IOException(
              file
                  + ": record "
                  + (record.getRecordNumber() - 1)
                  + " has "
                  + record.size()
                  + " columns, the header "
                  + columns.size());
        }
        ObjectNode row = Json.object();
        for (int i = 0; i < columns.size(); i++) {
          row.put(columns.get(i), record.get(i));
        }
        rows.put(record.get(key), row);
      }
    }
    return rows;
  }

  private int keyOf(List<String> columns) throws IOException {
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (column.isBlank()) {
        throw new IOException(file + ": a column has no name");
      }
      if (!seen.add(column)) {
        throw new IOException(file + ": two columns are named '" + column + "'");
      }
    }
    int key = keyColumn == null ? 0 : columns.indexOf(keyColumn);
    if (key < 0) {
      throw new IOException(
          file + ": no column '" + keyColumn + "'; there are " + String.join(", ", columns));
    }
    return key;
  }

  private Map<String, ObjectNode> loadJson(BufferedReader reader) throws IOException {
    FieldRef key =
        FieldRef.parse("/" + String.valueOf(keyColumn).replace("~", "~0").replace("/", "~1"));
    Map<String, ObjectNode> rows = new HashMap<>();
    int line = 0;
    for (String text : CharStreams.readLines(reader)) {
      line++;
      if (text.isBlank()) {
        continue;
      }
      JsonNode row;
      String value;
      try {
        row = Json.parse(text);
        value = Values.text(row.path(String.valueOf(keyColumn)), key);
      } catch (MalformedPayloadException | RejectedException e) {
        throw new IOException(file + ": line " + line + ": " + e.getMessage(), e);
      }
      if (!row.isObject() || value == null) {
        throw new IOException(file + ": line " + line + " has no '" + keyColumn + "'");
      }
      rows.put(value, (ObjectNode) row);
    }
    return rows;
  }
}
