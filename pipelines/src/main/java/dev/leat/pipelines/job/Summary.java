package dev.leat.pipelines.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.leat.event.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a command did, for a person as lines and for an orchestrator as one JSON object.
 *
 * @param command its name
 * @param facts texts by name, in their order: what was run, where it lies
 * @param counts numbers by name, in their order
 * @param alerts what was raised, each as texts by name; absent if there is nothing to raise any
 * @param notes lines that a person should see too, wherever the summary goes
 */
public record Summary(
    String command,
    ImmutableMap<String, String> facts,
    ImmutableMap<String, Long> counts,
    Optional<ImmutableList<ImmutableMap<String, String>>> alerts,
    ImmutableList<String> notes) {

  public static Builder of(String command) {
    return new Builder(command);
  }

  /**
   * One JSON object: the command, the facts, the counts under {@code counts}, and what was raised
   * under {@code alerts}, if anything can be.
   */
  public String toJson() {
    return new String(Json.write(toNode()), StandardCharsets.UTF_8);
  }

  /** As {@link #toJson}. */
  public ObjectNode toNode() {
    ObjectNode node = Json.object();
    node.put("command", command);
    facts.forEach(node::put);
    ObjectNode numbers = node.putObject("counts");
    counts.forEach(numbers::put);
    alerts.ifPresent(
        raised -> {
          ArrayNode array = node.putArray("alerts");
          raised.forEach(alert -> alert.forEach(array.addObject()::put));
        });
    return node;
  }

  /** Lines with the names in one column and the values in the next. */
  public String toText() {
    int width = 0;
    for (String name : facts.keySet()) {
      width = Math.max(width, name.length());
    }
    for (String name : counts.keySet()) {
      width = Math.max(width, name.length());
    }
    StringBuilder text = new StringBuilder();
    String format = "  %-" + width + "s  %s%n";
    facts.forEach((name, value) -> text.append(String.format(format, words(name), value)));
    counts.forEach(
        (name, value) ->
            text.append(
                String.format(format, words(name), String.format(Locale.ROOT, "%,d", value))));
    return text.toString();
  }

  private static String words(String name) {
    return name.replace('_', ' ');
  }

  /** Gathers a summary. */
  public static final class Builder {
    private final String command;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final Map<String, Long> counts = new LinkedHashMap<>();

    private final List<String> notes = new ArrayList<>();
    private Optional<ImmutableList<ImmutableMap<String, String>>> alerts = Optional.empty();

    private Builder(String command) {
      this.command = command;
    }

    public Builder fact(String name, String value) {
      facts.put(name, value);
      return this;
    }

    public Builder count(String name, long value) {
      counts.put(name, value);
      return this;
    }

    /** A count that is told only if there is something to tell. */
    public Builder countIfAny(String name, long value) {
      return value == 0 ? this : count(name, value);
    }

    /** What was raised; {@code alerts} is told also if that is nothing. */
    public Builder alerts(List<ImmutableMap<String, String>> raised) {
      alerts = Optional.of(ImmutableList.copyOf(raised));
      return this;
    }

    public Builder note(String line) {
      notes.add(line);
      return this;
    }

    public Summary build() {
      return new Summary(
          command,
          ImmutableMap.copyOf(facts),
          ImmutableMap.copyOf(counts),
          alerts,
          ImmutableList.copyOf(notes));
    }
  }
}
