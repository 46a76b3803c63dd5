package dev.leat.io.lake;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * The revisions of the rows of a data file, in their order. They are in the Parquet footer, among
 * the file's key-value metadata: no reader takes them for a column, and they are written, become
 * visible and go with the rows.
 */
final class Revisions {
  private static final String REVISIONS = "leat.revisions";
  private static final String VERSION = "leat.revisions-of";

  /** The footer's length and "PAR1". */
  private static final int TAIL = 8;

  private final long[] byPosition;

  private Revisions(long[] byPosition) {
    this.byPosition = byPosition;
  }

  /** What to write with a file whose rows have these revisions. */
  static Map<String, String> metadata(long[] revisions, String version) {
    ByteWriter out = new ByteWriter(2 * revisions.length);
    for (long revision : revisions) {
      out.writeSignedVarint(revision);
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      out.writeTo(deflater);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.of(
        REVISIONS, Base64.getEncoder().encodeToString(packed.toByteArray()), VERSION, version);
  }

  /**
   * Of a file; null if it has none, because something else than a live run wrote it, or those of
   * another version of the workflow, which say nothing about this one's.
   */
  static @Nullable Revisions of(Table table, DataFile file, String version) {
    Map<String, String> metadata = footer(table, file);
    String packed = metadata.get(REVISIONS);
    if (packed == null || !version.equals(metadata.get(VERSION))) {
      return null;
    }
    try (InputStream in =
        new InflaterInputStream(
            new java.io.ByteArrayInputStream(
                Base64.getDecoder().decode(packed.getBytes(US_ASCII))))) {
      ByteReader values = new ByteReader(in.readAllBytes());
      long[] byPosition = new long[Math.toIntExact(file.recordCount())];
      for (int i = 0; i < byPosition.length; i++) {
        byPosition[i] = values.readSignedVarint();
      }
      return new Revisions(byPosition);
    } catch (IOException e) {
      throw new UncheckedIOException("The revisions in " + file.location() + " are damaged", e);
    }
  }

  /** The version of the workflow whose revisions a file has; null if it has none. */
  static @Nullable String versionOf(Table table, DataFile file) {
    Map<String, String> metadata = footer(table, file);
    return metadata.containsKey(REVISIONS) ? metadata.getOrDefault(VERSION, "") : null;
  }

  /** What to write with a file that has the rows of these, in their order. */
  static Map<String, String> joined(List<Revisions> parts, String version) {
    return metadata(
        parts.stream().flatMapToLong(part -> Arrays.stream(part.byPosition)).toArray(), version);
  }

  long at(long position) {
    return byPosition[Math.toIntExact(position)];
  }

  private static Map<String, String> footer(Table table, DataFile file) {
    try (SeekableInputStream in = table.io().newInputFile(file.location()).newStream()) {
      in.seek(file.fileSizeInBytes() - TAIL);
      int length = ByteBuffer.wrap(in.readNBytes(4)).order(ByteOrder.LITTLE_ENDIAN).getInt();
      in.seek(file.fileSizeInBytes() - TAIL - length);
      Map<String, String> metadata = new HashMap<>();
      var entries = Util.readFileMetaData(in, true).getKey_value_metadata();
      if (entries != null) {
        for (KeyValue entry : entries) {
          metadata.put(entry.getKey(), entry.getValue());
        }
      }
      return metadata;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the footer of " + file.location(), e);
    }
  }
}
