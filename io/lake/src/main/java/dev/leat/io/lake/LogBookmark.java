package dev.leat.io.lake;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.io.spi.Offsets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of logs that live ingest has taken so far, in the summary of the snapshot that has
 * their rows: as text while that is short, which it is unless the logs have many gaps, else in a
 * file beside the table's metadata that the summary names.
 */
final class LogBookmark {
  /** A table that has it was ingested live: one without a bookmark has then lost it. */
  static final String LIVE = History.PREFIX + "live";

  private static final int MAX_INLINE = 4096;
  private static final String INLINE = "v1:";
  private static final String FILE = "v1@";

  private LogBookmark() {}

  static Offsets of(Table table) {
    String text = textOf(table);
    return text == null ? new Offsets() : parse(table, text);
  }

  /**
   * The newest bookmark of a table as it is written; null if there is none yet.
   *
   * @throws IllegalStateException if the history was expired past it
   */
  static @Nullable String textOf(Table table) {
    String text = newest(SnapshotUtil.currentAncestors(table));
    if (text != null) {
      return text;
    }
    Snapshot oldest = null;
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      oldest = snapshot;
    }
    if (oldest != null && oldest.parentId() != null && table.properties().containsKey(LIVE)) {
      throw new IllegalStateException(
          "The bookmark of the offsets taken so far is lost: the snapshots of "
              + table.name()
              + " were expired past the last live ingest. Keep the newest snapshot whose summary"
              + " has "
              + History.OFFSETS);
    }
    return null;
  }

  /** The newest in a line of snapshots, newest first. */
  static @Nullable String newest(Iterable<Snapshot> ancestry) {
    for (Snapshot snapshot : ancestry) {
      String text = snapshot.summary().get(History.OFFSETS);
      if (text != null) {
        return text;
      }
    }
    return null;
  }

  /** After the first commit: before it, a crash between the two would look like a loss. */
  static void markLive(Table table) {
    if (!table.properties().containsKey(LIVE)
        && newest(SnapshotUtil.currentAncestors(table)) != null) {
      table.updateProperties().set(LIVE, "true").commit();
    }
  }

  static Offsets parse(Table table, String text) {
    if (text.startsWith(INLINE)) {
      return decode(Base64.getDecoder().decode(text.substring(INLINE.length())));
    }
    if (!text.startsWith(FILE)) {
      throw new IllegalStateException(
          "The bookmark " + History.OFFSETS + " is of a version that this Leat does not know");
    }
    String location = text.substring(FILE.length());
    try (InputStream in = table.io().newInputFile(location).newStream()) {
      return decode(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the bookmark " + location, e);
    }
  }

  /** Stores offsets; returns what the summary is to say. */
  static String write(Table table, Offsets offsets) {
    ByteWriter bytes = new ByteWriter();
    offsets.writeTo(bytes);
    String inline = INLINE + Base64.getEncoder().encodeToString(bytes.toByteArray());
    if (inline.length() <= MAX_INLINE) {
      return inline;
    }
    String location =
        ((HasTableOperations) table)
            .operations()
            .metadataFileLocation("leat-offsets-" + UUID.randomUUID() + ".bin");
    try (OutputStream out = table.io().newOutputFile(location).create()) {
      out.write(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the bookmark " + location, e);
    }
    return FILE + location;
  }

  /** The file that a snapshot's bookmark is in, if it is in one. */
  static Optional<String> fileOf(Snapshot snapshot) {
    return Optional.ofNullable(snapshot.summary().get(History.OFFSETS))
        .filter(text -> text.startsWith(FILE))
        .map(text -> text.substring(FILE.length()));
  }

  /** Deletes the file of a bookmark that was not committed, if it has one. */
  static void discard(Table table, String text) {
    if (text.startsWith(FILE)) {
      Staging.deleteQuietly(table.io(), text.substring(FILE.length()));
    }
  }

  private static Offsets decode(byte[] bytes) {
    return Offsets.readFrom(new ByteReader(bytes));
  }
}
