package dev.leat.io.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.event.MalformedPayloadException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What Leat wrote into a folder: the file {@value #NAME} in it.
 *
 * @param runId the run that wrote, or writes, the files
 * @param complete false while a run replaces the files: then {@code files} are those of both runs
 * @param rows in all files
 * @param files relative to the folder, never outside it
 * @param properties what the run wants remembered
 */
record Manifest(
    String runId, boolean complete, long rows, List<String> files, Map<String, String> properties) {
  static final String NAME = "_leat.json";

  /** Only such names are ever deleted, whatever a manifest says. */
  private static final Pattern OURS =
      Pattern.compile("(date=[A-Za-z0-9_+-]{1,40}/)?part-[0-9]{5,10}\\.(jsonl|csv|parquet)");

  /**
   * Reads a manifest.
   *
   * @throws IOException if it is not one
   */
  static Manifest parse(byte[] json) throws IOException {
    JsonNode node;
    try {
      node = Json.parse(json);
    } catch (MalformedPayloadException e) {
      throw new IOException(NAME + " is not a manifest of Leat: " + e.getMessage(), e);
    }
    if (!node.path("runId").isTextual() || !node.path("files").isArray()) {
      throw new IOException(NAME + " is not a manifest of Leat: it has no runId and files");
    }
    List<String> files = new ArrayList<>();
    for (JsonNode file : node.path("files")) {
      if (!OURS.matcher(file.asText()).matches()) {
        throw new IOException(
            NAME + " is not a manifest of Leat: it names a file Leat never wrote");
      }
      files.add(file.asText());
    }
    return new Manifest(
        node.path("runId").asText(),
        node.path("complete").asBoolean(),
        node.path("rows").asLong(),
        List.copyOf(files),
        Map.of());
  }

  byte[] toJson() {
    ObjectNode node = Json.object();
    node.put("runId", runId).put("complete", complete).put("rows", rows);
    files.forEach(node.putArray("files")::add);
    properties.forEach(node.putObject("properties")::put);
    return Json.write(node);
  }
}
