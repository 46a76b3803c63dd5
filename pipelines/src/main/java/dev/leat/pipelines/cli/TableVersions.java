package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.io.lake.TableVersion;
import java.util.List;
import java.util.Locale;

/** How versions of a table are told. */
final class TableVersions {
  private TableVersions() {}

  static ObjectNode json(TableVersion version) {
    ObjectNode node =
        Json.object()
            .put("snapshot", version.snapshotId())
            .put("time", version.time().toString())
            .put("operation", version.operation())
            .put("rows_added", version.rowsAdded())
            .put("rows_removed", version.rowsRemoved())
            .put("rows", version.rows())
            .put("files", version.files())
            .put("workflow", version.workflow().orElse(null))
            .put("workflow_version", version.workflowVersion().orElse(null))
            .put("source", version.source().orElse(null))
            .put("input_snapshot", version.inputSnapshot().orElse(null))
            .put("run", version.runId().orElse(null));
    ArrayNode tags = node.putArray("tags");
    version.tags().forEach(tags::add);
    ArrayNode branches = node.putArray("branches");
    version.branches().forEach(branches::add);
    return node.put("current", version.current()).put("rolled_back", version.rolledBack());
  }

  /** For example {@code 2 versions: +1,200 −3 rows}. */
  static String counted(List<TableVersion> versions) {
    return String.format(
        Locale.ROOT,
        "%,d %s: +%,d −%,d rows",
        versions.size(),
        versions.size() == 1 ? "version" : "versions",
        versions.stream().mapToLong(TableVersion::rowsAdded).sum(),
        versions.stream().mapToLong(TableVersion::rowsRemoved).sum());
  }

  static ArrayNode ids(List<TableVersion> versions) {
    ArrayNode ids = Json.object().arrayNode();
    versions.forEach(version -> ids.add(version.snapshotId()));
    return ids;
  }
}
