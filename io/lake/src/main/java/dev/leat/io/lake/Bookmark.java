package dev.leat.io.lake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.leat.io.spi.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The files that ingest has taken so far: a JSON file beside the table's metadata, written once,
 * that the summary of the snapshot with their events names. So it moves with them or not at all.
 *
 * @param location where it is stored; null before the first ingest
 */
record Bookmark(@Nullable String location, Set<InputFile> files) {
  static final Bookmark NONE = new Bookmark(null, Set.of());
  private static final ObjectMapper JSON = new ObjectMapper(new JsonFactory());
  private static final int VERSION = 1;

  static Bookmark of(Table table) {
    return at(table, History.bookmark(SnapshotUtil.currentAncestors(table)));
  }

  static Bookmark at(Table table, @Nullable String location) {
    if (location == null) {
      return NONE;
    }
    try (InputStream in = table.io().newInputFile(location).newStream()) {
      JsonNode root = JSON.readTree(in);
      int version = root.path("version").asInt();
      if (version != VERSION) {
        throw new IllegalStateException(
            "The bookmark " + location + " is of version " + version + ", expected " + VERSION);
      }
      Set<InputFile> files = new LinkedHashSet<>();
      for (JsonNode file : root.path("files")) {
        files.add(
            InputFile.of(
                file.path("name").asText(),
                file.path("size").asLong(),
                file.path("modified").asLong()));
      }
      return new Bookmark(location, files);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the bookmark " + location, e);
    }
  }

  /** Stores a bookmark under a new name. */
  static Bookmark write(Table table, Set<InputFile> files) {
    String location =
        ((HasTableOperations) table)
            .operations()
            .metadataFileLocation("leat-bookmark-" + UUID.randomUUID() + ".json");
    try (JsonGenerator out =
        JSON.getFactory().createGenerator(table.io().newOutputFile(location).create())) {
      out.writeStartObject();
      out.writeNumberField("version", VERSION);
      out.writeArrayFieldStart("files");
      for (InputFile file : files) {
        out.writeStartObject();
        out.writeStringField("name", file.name());
        out.writeNumberField("size", file.sizeBytes());
        out.writeNumberField("modified", file.modifiedMillis());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the bookmark " + location, e);
    }
    return new Bookmark(location, files);
  }
}
