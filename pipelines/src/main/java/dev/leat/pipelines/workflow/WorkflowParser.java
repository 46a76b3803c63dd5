package dev.leat.pipelines.workflow;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.leat.expression.Expression;
import dev.leat.io.spi.RecordFormat;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.window.WindowSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads a workflow of YAML 1.2 and checks it as a whole: every problem is told at once, each with
 * its place and what would work. Nothing outside the file is touched.
 */
public final class WorkflowParser {
  static final List<String> KEYS =
      List.of(
          "name",
          "description",
          "source",
          "sink",
          "events",
          "filter",
          "let",
          "deduplicate",
          "window",
          "enrich",
          "aggregate",
          "quality",
          "alerts",
          "lake");

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,99}");
  private static final List<String> PARTITIONS = List.of("month", "date", "hour", "tenant");

  private final YamlMap map;
  private final Optional<Path> folder;

  private WorkflowParser(YamlMap map, Optional<Path> folder) {
    this.map = map;
    this.folder = folder;
  }

  /**
   * Reads a workflow file. Relative paths in it are relative to it.
   *
   * @throws UsageException with all that is wrong, if it is not a workflow
   * @throws UnreachableException if the file is not there, or cannot be read
   */
  public static Workflow parse(Path file) {
    return parse(
        read(file), file.toString(), Optional.ofNullable(file.toAbsolutePath().getParent()));
  }

  /**
   * Reads a workflow. Relative paths in it are relative to the working directory.
   *
   * @param fileName what messages call it
   * @throws UsageException with all that is wrong, if it is not a workflow
   */
  public static Workflow parse(String text, String fileName) {
    return parse(text, fileName, Optional.empty());
  }

  private static Workflow parse(String text, String fileName, Optional<Path> folder) {
    Node root = YamlDocument.compose(text, fileName);
    Problems problems = new Problems(fileName);
    Optional<Workflow.Builder> workflow =
        new YamlValue(root, "", problems)
            .map("a workflow, which begins with 'name: …'")
            .map(map -> new WorkflowParser(map, folder).workflow());
    problems.throwIfAny();
    return workflow.orElseThrow().version(WorkflowVersion.of(root)).build();
  }

  private Workflow.Builder workflow() {
    allowKeys();
    Workflow.Builder workflow = Workflow.builder();
    Optional<String> name =
        map.required("name", "a name such as wiki-edits").flatMap(WorkflowParser::name);
    name.ifPresent(workflow::name);
    workflow.description(map.get("description").flatMap(value -> value.text("a sentence")));
    WorkflowUri uris = new WorkflowUri(folder);
    workflow.source(
        map.get("source").flatMap(value -> uris.read(value, "lake:///warehouse/raw.events")));
    workflow.sink(map.get("sink").flatMap(value -> uris.read(value, "lake:///warehouse/table")));

    Optional<EventsSection> events =
        section("events", "keys such as {type: wiki.edit, time: /time}").map(EventsSection::read);
    workflow.recordFormat(events.map(EventsSection::recordFormat).orElse(RecordFormat.JSONL));
    workflow.events(events.flatMap(section -> section.mapping(name.orElse("leat"))));

    Scope scope = new Scope(events.map(EventsSection::payload).orElseGet(PayloadShape::json));
    workflow.filter(map.get("filter").flatMap(scope::expression));
    workflow.let(let(scope));
    workflow.deduplicate(
        section("deduplicate", DeduplicateSection.EXPECTED)
            .flatMap(section -> DeduplicateSection.read(section, events)));
    Optional<WindowSpec> window =
        section("window", WindowSection.EXPECTED).map(WindowSection::read);
    workflow.window(window);
    workflow.enrich(
        map.get("enrich")
            .map(value -> ImmutableList.copyOf(EnrichSection.read(value, folder, scope)))
            .orElse(ImmutableList.of()));
    workflow.aggregate(
        section("aggregate", AggregateSection.EXPECTED)
            .flatMap(section -> AggregateSection.read(section, scope)));
    workflow.quality(
        map.get("quality")
            .map(value -> ImmutableList.copyOf(QualitySection.read(value, window, scope)))
            .orElse(ImmutableList.of()));
    workflow.alerts(
        map.get("alerts")
            .map(value -> ImmutableList.copyOf(AlertsSection.read(value)))
            .orElse(ImmutableList.of()));
    workflow.lakePartition(
        section("lake", "keys such as {partition: [date, tenant]}")
            .map(WorkflowParser::lakePartition));
    return workflow;
  }

  private void allowKeys() {
    // Beside an unknown key it may just be the aggregate that is misspelt.
    if (map.allow(KEYS) && map.has("window") && !map.has("aggregate")) {
      map.problemAt("window", "expected an aggregate beside it, for which windows gather events");
    }
  }

  private Optional<YamlMap> section(String key, String expected) {
    return map.get(key).flatMap(value -> value.map(expected));
  }

  private static Optional<String> name(YamlValue value) {
    String expected = "a letter, then at most 99 letters, digits, _ and -";
    return value.read(
        expected,
        text -> {
          if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException("expected " + expected + ", got '" + text + "'");
          }
          return text;
        });
  }

  private ImmutableMap<String, Expression> let(Scope scope) {
    Map<String, Expression> let = new LinkedHashMap<>();
    section("let", "names and expressions such as {big: \"data.delta > 1000\"}")
        .ifPresent(
            section ->
                section.forEach(
                    (name, value) -> {
                      scope.expression(value).ifPresent(expression -> let.put(name, expression));
                      scope.declare(name, value);
                    }));
    return ImmutableMap.copyOf(let);
  }

  private static ImmutableList<String> lakePartition(YamlMap section) {
    section.allow(List.of("partition"));
    Set<String> partition = new LinkedHashSet<>();
    section
        .required("partition", "a list of " + String.join(", ", PARTITIONS))
        .map(value -> value.list("a list of " + String.join(", ", PARTITIONS)))
        .orElse(List.of())
        .forEach(
            item ->
                Choices.read(item, PARTITIONS)
                    .filter(column -> !partition.add(column))
                    .ifPresent(column -> item.problem("'" + column + "' is given twice")));
    return ImmutableList.copyOf(partition);
  }

  private static String read(Path file) {
    if (Files.isDirectory(file)) {
      throw new UsageException(
          file + ": is a folder; expected a workflow file, for example " + file.resolve("w.yaml"));
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(YamlDocument.MOST_CHARACTERS + 1);
      if (bytes.length > YamlDocument.MOST_CHARACTERS) {
        throw new UsageException(file + ": longer than 1 MiB; expected a workflow in YAML");
      }
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw new UnreachableException(file + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new UsageException(file + ": not UTF-8 text; expected a workflow in YAML");
    } catch (IOException e) {
      throw new UnreachableException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
