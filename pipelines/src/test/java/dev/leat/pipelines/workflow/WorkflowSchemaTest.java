package dev.leat.pipelines.workflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.leat.aggregate.Measure;
import dev.leat.event.Json;
import dev.leat.io.spi.UsageException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.junit.Test;

/** The JSON Schema, the parser, the reference in docs/workflow.md and the examples say the same. */
public class WorkflowSchemaTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");
  private static final Pattern YAML =
      Pattern.compile("^```yaml\\R(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  private static final Pattern MEASURES =
      Pattern.compile(
          "^\\| (`[a-z_]+(?:\\(.*?)?`) \\| (int64|decimal|double|string|array of decimal) \\|",
          Pattern.MULTILINE);

  private final JsonNode schemaTree = read("/dev/leat/workflow.schema.json");
  private final JsonSchema schema =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schemaTree);

  @Test
  public void parserAndSchemaAcceptGoodDocuments() {
    for (String document : Documents.GOOD) {
      assertThat(document, WorkflowParser.parse(document, "good.yaml").name().isEmpty(), is(false));
      assertThat(document, problemsOfSchema(document), is(empty()));
    }
  }

  @Test
  public void parserAndSchemaRefuseBadDocuments() {
    for (String document : Documents.BAD) {
      assertThrows(
          document, UsageException.class, () -> WorkflowParser.parse(document, "bad.yaml"));
      assertThat(document, problemsOfSchema(document), is(not(empty())));
    }
  }

  @Test
  public void parserRefusesWhatTheSchemaCannotKnow() {
    for (String document : Documents.BAD_TO_THE_PARSER) {
      assertThrows(
          document, UsageException.class, () -> WorkflowParser.parse(document, "bad.yaml"));
      assertThat(document, problemsOfSchema(document), is(empty()));
    }
  }

  @Test
  public void schemaHasTheKeysOfTheParser() {
    assertThat(keysOf("/properties"), contains(WorkflowParser.KEYS.toArray()));
    assertThat(keysOf("/properties/events/properties"), contains(EventsSection.KEYS.toArray()));
    assertThat(keysOf("/properties/window/properties"), contains(WindowSection.KEYS.toArray()));
    assertThat(
        Set.copyOf(keysOf("/properties/enrich/items/properties")),
        is(Set.copyOf(EnrichSection.KEYS)));
    assertThat(
        keysOf("/properties/aggregate/properties"), contains(AggregateSection.KEYS.toArray()));
    String rules = "/properties/quality/items/properties";
    assertThat(keysOf(rules), contains(QualitySection.KEYS.toArray()));
    assertThat(
        keysOf(rules + "/volume/properties"), contains(QualitySection.VOLUME_KEYS.toArray()));
    assertThat(keysOf(rules + "/rows/properties"), contains(QualitySection.ROWS_KEYS.toArray()));
    assertThat(
        keysOf("/properties/deduplicate/properties"), contains(DeduplicateSection.KEYS.toArray()));
    String alerts = "/properties/alerts/items/properties";
    assertThat(keysOf(alerts), contains(AlertsSection.KEYS.toArray()));
    List<String> metrics = new ArrayList<>();
    schemaTree.at(alerts + "/metric/enum").forEach(metric -> metrics.add(metric.asText()));
    assertThat(metrics, contains(AlertsSection.METRICS.toArray()));
  }

  @Test
  public void schemaExplainsEveryKey() {
    for (String key : keys()) {
      JsonNode property = schemaTree.at(pointerTo(key));
      assertThat(key, property.path("description").asText().endsWith("."), is(true));
    }
  }

  @Test
  public void everyKeyIsTriedByAGoodDocument() {
    Set<String> tried = new TreeSet<>();
    Documents.GOOD.forEach(document -> collect(tree(document), "", tried));

    for (String key : keys()) {
      assertThat(tried + " has " + key, tried.contains(key), is(true));
    }
  }

  @Test
  public void everyKeyIsInTheReference() throws Exception {
    String reference = Files.readString(ROOT.resolve("docs/workflow.md"));
    for (String key : keys()) {
      int dot = key.lastIndexOf('.');
      String section = "## `" + (dot < 0 ? key : key.substring(0, key.indexOf('.'))) + "`";
      int start = reference.indexOf(section);
      assertThat("docs/workflow.md has " + section, start, is(greaterThan(-1)));
      int end = reference.indexOf("\n## ", start + 1);
      String text = reference.substring(start, end < 0 ? reference.length() : end);
      String row = "\n| `" + key.substring(dot + 1) + "` | ";
      assertThat(section + " has" + row, dot < 0 || text.contains(row), is(true));
    }
  }

  @Test
  public void everyWorkflowInTheReferenceIsOne() throws Exception {
    Matcher block = YAML.matcher(Files.readString(ROOT.resolve("docs/workflow.md")));
    int blocks = 0;
    while (block.find()) {
      String document = block.group(1);
      WorkflowParser.parse(document, "docs/workflow.md");
      assertThat(document, problemsOfSchema(document), is(empty()));
      blocks++;
    }
    assertThat(blocks, is(greaterThan(10)));
  }

  @Test
  public void theReferenceTellsTheTypeOfEveryMeasure() throws Exception {
    Map<String, FieldType> types =
        Map.of(
            "int64", FieldType.INT64,
            "decimal", FieldType.DECIMAL,
            "double", FieldType.DOUBLE,
            "string", FieldType.STRING,
            "array of decimal", FieldType.array(FieldType.DECIMAL));
    Matcher row = MEASURES.matcher(Files.readString(ROOT.resolve("docs/workflow.md")));
    Set<String> told = new TreeSet<>();
    while (row.find()) {
      for (String measure : row.group(1).replace("`", "").split(", (?=[a-z])")) {
        FieldType type = Measure.parse(measure).resultType().withNullable(false);
        assertThat(measure, type, is(types.get(row.group(2))));
        told.add(measure.replaceFirst("\\(.*", ""));
      }
    }
    assertThat(
        told,
        contains(
            "approx_distinct",
            "avg",
            "count",
            "distinct",
            "first",
            "last",
            "max",
            "min",
            "quantile",
            "sum",
            "top"));
  }

  @Test
  public void everyExampleIsAWorkflow() throws Exception {
    List<Path> examples = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve("examples"))) {
      files
          .filter(file -> file.toString().matches(".*\\.ya?ml"))
          .filter(file -> !file.toString().contains("target"))
          .forEach(examples::add);
    }

    for (Path example : examples) {
      WorkflowParser.parse(example);
      assertThat(example.toString(), problemsOfSchema(Files.readString(example)), is(empty()));
    }
    assertThat(examples, is(not(empty())));
  }

  private Set<String> problemsOfSchema(String document) {
    Set<String> problems = new TreeSet<>();
    schema.validate(tree(document)).forEach(message -> problems.add(message.getMessage()));
    return problems;
  }

  private static JsonNode tree(String document) {
    return YamlDocument.toJson(YamlDocument.compose(document, "w.yaml"));
  }

  /** The schema's keys as {@code window.fixed}; names that users choose are not among them. */
  private Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    collectKeys(schemaTree, "", keys);
    return keys;
  }

  private static void collectKeys(JsonNode node, String prefix, Set<String> keys) {
    JsonNode properties = node.path("properties");
    properties
        .fields()
        .forEachRemaining(
            entry -> {
              String key = prefix + entry.getKey();
              keys.add(key);
              collectKeys(entry.getValue(), key + ".", keys);
              collectKeys(entry.getValue().path("items"), key + ".", keys);
            });
  }

  private static void collect(JsonNode node, String prefix, Set<String> keys) {
    if (node.isArray()) {
      node.forEach(element -> collect(element, prefix, keys));
    }
    node.fields()
        .forEachRemaining(
            entry -> {
              keys.add(prefix + entry.getKey());
              collect(entry.getValue(), prefix + entry.getKey() + ".", keys);
            });
  }

  private List<String> keysOf(String pointer) {
    List<String> keys = new ArrayList<>();
    schemaTree.at(pointer).fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private static String pointerTo(String key) {
    String pointer = "/properties/" + key.replace(".", "/properties/");
    return pointer.replaceFirst("/(enrich|quality|alerts)/properties/", "/$1/items/properties/");
  }

  private static JsonNode read(String resource) {
    try (InputStream in = WorkflowSchemaTest.class.getResourceAsStream(resource)) {
      return Json.parse(new String(in.readAllBytes(), UTF_8));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
