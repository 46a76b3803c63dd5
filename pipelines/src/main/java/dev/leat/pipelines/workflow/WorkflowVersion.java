package dev.leat.pipelines.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import dev.leat.event.Json;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;

/** A short name for what a workflow says, however it is laid out. */
final class WorkflowVersion {
  private static final int DIGITS = 12;

  private WorkflowVersion() {}

  /** The first 12 hex digits of SHA-256 of the canonical JSON, without what changes no row. */
  static String of(Node root) {
    JsonNode tree = YamlDocument.toJson(root);
    if (tree instanceof ObjectNode) {
      ((ObjectNode) tree).remove(List.of("description", "source", "sink"));
      keepOrder(tree, "let");
      keepOrder(tree.path("aggregate"), "measures");
    }
    return Hashing.sha256().hashBytes(Json.writeCanonical(tree)).toString().substring(0, DIGITS);
  }

  /** Canonical JSON sorts names; where their order has a meaning they become a list. */
  private static void keepOrder(JsonNode parent, String key) {
    if (!parent.path(key).isObject()) {
      return;
    }
    ArrayNode entries = Json.object().arrayNode();
    parent
        .get(key)
        .fields()
        .forEachRemaining(
            entry ->
                entries.add(Json.object().arrayNode().add(entry.getKey()).add(entry.getValue())));
    ((ObjectNode) parent).set(key, entries);
  }
}
