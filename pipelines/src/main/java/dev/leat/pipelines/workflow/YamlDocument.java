package dev.leat.pipelines.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.leat.event.Json;
import dev.leat.io.spi.UsageException;
import java.math.BigDecimal;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * One YAML 1.2 document as nodes with places. No objects are made of it, so that no tag can name a
 * class; depth, size and aliases are limited.
 */
final class YamlDocument {
  static final int MOST_CHARACTERS = 1 << 20;
  private static final int MOST_ALIASES = 20;
  private static final int MOST_NODES = 100_000;
  private static final int DEEPEST = 50;

  private YamlDocument() {}

  /**
   * Reads the document.
   *
   * @throws UsageException if it is not one YAML document, or beyond the limits
   */
  static Node compose(String text, String file) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setSchema(new CoreSchema())
            .setCodePointLimit(MOST_CHARACTERS)
            .setMaxAliasesForCollections(MOST_ALIASES)
            .build();
    Optional<Node> root;
    try {
      checkEvents(settings, text, file);
      root = new Compose(settings).composeString(text);
    } catch (MarkedYamlEngineException e) {
      throw Problems.exception(file, e.getProblemMark(), "not YAML: " + e.getProblem() + hint(e));
    } catch (YamlEngineException e) {
      throw Problems.exception(
          file, Optional.empty(), "not YAML: " + String.valueOf(e.getMessage()).replace('\n', ' '));
    }
    Node node =
        root.orElseThrow(
            () ->
                new UsageException(
                    file + ": empty; expected a workflow, which begins with 'name: …'"));
    checkSize(node, 0, new int[1], file);
    return node;
  }

  /** The same as JSON, without places. Of a key that is given twice the last counts. */
  static JsonNode toJson(Node node) {
    if (node instanceof MappingNode) {
      ObjectNode object = Json.object();
      for (NodeTuple tuple : ((MappingNode) node).getValue()) {
        Node key = tuple.getKeyNode();
        String name =
            key instanceof ScalarNode ? ((ScalarNode) key).getValue() : toJson(key).toString();
        object.set(name, toJson(tuple.getValueNode()));
      }
      return object;
    }
    if (node instanceof SequenceNode) {
      ArrayNode array = Json.object().arrayNode();
      ((SequenceNode) node).getValue().forEach(element -> array.add(toJson(element)));
      return array;
    }
    return scalar((ScalarNode) node);
  }

  private static JsonNode scalar(ScalarNode node) {
    String value = node.getValue();
    if (node.getTag().equals(Tag.NULL)) {
      return NullNode.getInstance();
    }
    if (node.getTag().equals(Tag.BOOL)) {
      return BooleanNode.valueOf(Boolean.parseBoolean(value));
    }
    if (node.getTag().equals(Tag.INT) || node.getTag().equals(Tag.FLOAT)) {
      try {
        return DecimalNode.valueOf(new BigDecimal(value));
      } catch (NumberFormatException e) {
        return TextNode.valueOf(value); // 0x1F, .inf: JSON has no such numbers
      }
    }
    return TextNode.valueOf(value);
  }

  /** The composer recurses, the parser does not: too deep a document must not reach the former. */
  private static void checkEvents(LoadSettings settings, String text, String file) {
    int depth = 0;
    int documents = 0;
    for (Event event : new Parse(settings).parseString(text)) {
      if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
        throw Problems.exception(file, event.getStartMark(), tooDeep());
      } else if (event instanceof CollectionEndEvent) {
        depth--;
      } else if (event instanceof DocumentStartEvent && ++documents > 1) {
        throw Problems.exception(
            file, event.getStartMark(), "expected one workflow in a file, here begins another");
      }
    }
  }

  /** Aliases are the same node again: they can make a small document deep, or huge. */
  private static void checkSize(Node node, int depth, int[] seen, String file) {
    if (depth > DEEPEST) {
      throw Problems.exception(file, node.getStartMark(), tooDeep());
    }
    if (++seen[0] > MOST_NODES) {
      throw Problems.exception(
          file,
          node.getStartMark(),
          "expected at most " + MOST_NODES + " values, aliases resolved");
    }
    if (node instanceof MappingNode) {
      for (NodeTuple tuple : ((MappingNode) node).getValue()) {
        checkSize(tuple.getKeyNode(), depth + 1, seen, file);
        checkSize(tuple.getValueNode(), depth + 1, seen, file);
      }
    } else if (node instanceof SequenceNode) {
      ((SequenceNode) node).getValue().forEach(e -> checkSize(e, depth + 1, seen, file));
    }
  }

  /** What most often leads there: {@code filter: !data.isRobot}, which YAML takes for a tag. */
  private static String hint(MarkedYamlEngineException e) {
    return String.valueOf(e.getContext()).contains("tag")
        ? " (a text that begins with ! needs quotes)"
        : "";
  }

  private static String tooDeep() {
    return "expected at most " + DEEPEST + " levels, here it is deeper";
  }
}
