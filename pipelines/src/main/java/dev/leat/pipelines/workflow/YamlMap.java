package dev.leat.pipelines.workflow;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Keys and values of the document, each key once. */
final class YamlMap {
  private final YamlValue self;
  private final Map<String, YamlValue> keys = new LinkedHashMap<>();
  private final Map<String, YamlValue> values = new LinkedHashMap<>();

  YamlMap(YamlValue self, MappingNode node) {
    this.self = self;
    for (NodeTuple tuple : node.getValue()) {
      Node key = tuple.getKeyNode();
      if (!(key instanceof ScalarNode)) {
        self.child("?", key).problem("expected a name as the key, got keys and values or a list");
        continue;
      }
      String name = ((ScalarNode) key).getValue();
      YamlValue place = self.child(name, key);
      if (keys.putIfAbsent(name, place) != null) {
        place.problem("given twice");
      } else {
        values.put(name, self.child(name, tuple.getValueNode()));
      }
    }
  }

  /** Where the map begins. */
  YamlValue self() {
    return self;
  }

  Optional<YamlValue> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** The value of a key that must be there. */
  Optional<YamlValue> required(String key, String expected) {
    Optional<YamlValue> value = get(key);
    if (value.isEmpty()) {
      self.problem("'" + key + "' is missing; expected " + expected);
    }
    return value;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  Set<String> keys() {
    return keys.keySet();
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** Reports every other key; returns whether there was none. */
  boolean allow(Collection<String> known) {
    keys.forEach(
        (name, place) -> {
          if (!known.contains(name)) {
            place.problem("unknown key" + Spelling.hint(name, known));
          }
        });
    return known.containsAll(keys.keySet());
  }

  /** Reports a problem at the key itself. */
  void problemAt(String key, String message) {
    YamlValue place = keys.get(key);
    (place == null ? self : place).problem(message);
  }

  /** Visits the entries in their order. */
  void forEach(BiConsumer<String, YamlValue> visitor) {
    values.forEach(visitor);
  }

  /** Reports a message of the form {@code key: …} at that key's value. */
  <T> Optional<T> attempt(java.util.function.Supplier<T> attempt) {
    try {
      return Optional.of(attempt.get());
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      int colon = message.indexOf(':');
      YamlValue value = colon < 0 ? null : values.get(message.substring(0, colon));
      (value == null ? self : value).problem(message);
      return Optional.empty();
    }
  }
}
