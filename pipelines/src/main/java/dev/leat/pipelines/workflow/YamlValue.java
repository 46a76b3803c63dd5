package dev.leat.pipelines.workflow;

import dev.leat.io.spi.UsageException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value of the document with its place. What is asked of it and is not there is reported, and the
 * answer is empty: reading goes on, to find what else is wrong.
 */
final class YamlValue {
  /** Of a number, on either side of the point. */
  private static final int MOST_DIGITS = 400;

  private final Node node;
  private final String path;
  private final Problems problems;

  YamlValue(Node node, String path, Problems problems) {
    this.node = node;
    this.path = path;
    this.problems = problems;
  }

  /** Reports a problem at this place. */
  void problem(String message) {
    String name = path.substring(path.lastIndexOf('.') + 1) + ": ";
    String rest = message.startsWith(name) ? message.substring(name.length()) : message;
    problems.add(node.getStartMark(), path.isEmpty() ? rest : path + ": " + rest);
  }

  /** A text, written as one: {@code 12} and {@code true} are none. */
  Optional<String> text(String expected) {
    if (node instanceof ScalarNode && node.getTag().equals(Tag.STR)) {
      String text = ((ScalarNode) node).getValue();
      if (!text.isBlank()) {
        return Optional.of(text);
      }
    }
    wrongKind(expected);
    return Optional.empty();
  }

  Optional<Boolean> trueOrFalse() {
    if (node instanceof ScalarNode && node.getTag().equals(Tag.BOOL)) {
      return Optional.of(Boolean.parseBoolean(((ScalarNode) node).getValue()));
    }
    wrongKind("true or false");
    return Optional.empty();
  }

  /** A decimal number, written as one: {@code '12'} is none. */
  Optional<BigDecimal> number(String expected) {
    if (node instanceof ScalarNode
        && (node.getTag().equals(Tag.INT) || node.getTag().equals(Tag.FLOAT))) {
      try {
        BigDecimal number = new BigDecimal(((ScalarNode) node).getValue());
        if (Math.abs((long) number.precision() - number.scale()) <= MOST_DIGITS
            && Math.abs((long) number.scale()) <= MOST_DIGITS) {
          return Optional.of(number);
        }
      } catch (NumberFormatException e) {
        // 0x1F and .inf are numbers to YAML only.
      }
      problem("expected " + expected + ", got " + ((ScalarNode) node).getValue());
      return Optional.empty();
    }
    wrongKind(expected);
    return Optional.empty();
  }

  Optional<YamlMap> map(String expected) {
    if (node instanceof MappingNode) {
      return Optional.of(new YamlMap(this, (MappingNode) node));
    }
    wrongKind(expected);
    return Optional.empty();
  }

  /** A list of at least one. */
  List<YamlValue> list(String expected) {
    List<YamlValue> elements = new ArrayList<>();
    if (node instanceof SequenceNode) {
      for (Node element : ((SequenceNode) node).getValue()) {
        elements.add(new YamlValue(element, path + "[" + elements.size() + "]", problems));
      }
    }
    if (elements.isEmpty()) {
      wrongKind(expected);
    }
    return elements;
  }

  /** Whether it is this very text. */
  boolean isText(String text) {
    return node instanceof ScalarNode
        && node.getTag().equals(Tag.STR)
        && ((ScalarNode) node).getValue().equals(text);
  }

  boolean isMap() {
    return node instanceof MappingNode;
  }

  /** A text that {@code reader} understands; what it throws is reported. */
  <T> Optional<T> read(String expected, Function<String, T> reader) {
    return text(expected).flatMap(text -> attempt(() -> reader.apply(text)));
  }

  /** Reports what {@code attempt} throws at this place. */
  <T> Optional<T> attempt(java.util.function.Supplier<T> attempt) {
    try {
      return Optional.of(attempt.get());
    } catch (IllegalArgumentException e) {
      problem(String.valueOf(e.getMessage()));
    } catch (UsageException e) {
      e.problems().forEach(this::problem);
    }
    return Optional.empty();
  }

  /** The value of a key in this one. */
  YamlValue child(String key, Node child) {
    return new YamlValue(child, path.isEmpty() ? key : path + "." + key, problems);
  }

  private void wrongKind(String expected) {
    problem("expected " + expected + ", got " + kind());
  }

  private String kind() {
    if (node instanceof MappingNode) {
      return "keys and values";
    }
    if (node instanceof SequenceNode) {
      return ((SequenceNode) node).getValue().isEmpty() ? "an empty list" : "a list";
    }
    String value = ((ScalarNode) node).getValue();
    Tag tag = node.getTag();
    if (tag.equals(Tag.STR)) {
      return value.isBlank() ? "an empty text" : "'" + value + "'";
    }
    if (tag.equals(Tag.NULL)) {
      return "nothing";
    }
    if (tag.equals(Tag.BOOL) || tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
      return value + " (for a text, put it in quotes)";
    }
    return "a YAML tag (a text that begins with ! needs quotes)";
  }
}
