package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.pipelines.folder.WorkflowFolder;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.job.TextTable;
import dev.leat.pipelines.run.Lookups;
import dev.leat.pipelines.run.WorkflowTransform;
import dev.leat.pipelines.workflow.Deduplication;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code leat check}. */
@Command(
    name = "check",
    description = {
      CheckCommand.SUMMARY,
      "Tells every problem at once, each with its place; or the steps it has and the columns its rows will have."
    },
    footer = {"", "Examples:", "  leat check flights.yaml", "  leat check workflows/"})
final class CheckCommand implements Callable<Integer> {
  static final String SUMMARY = "Validates a workflow without running it.";

  @Parameters(
      paramLabel = "WORKFLOW",
      description =
          "The workflow, a YAML file; or a folder of workflows, as leat run --incremental takes it.")
  private Path file = Path.of("");

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    if (Files.isDirectory(file)) {
      return checkFolder();
    }
    Workflow workflow = WorkflowParser.parse(file);
    Lookups.check(workflow);
    Summary.Builder summary =
        Summary.of("check").fact("workflow", workflow.name()).fact("version", workflow.version());
    workflow.source().ifPresent(uri -> summary.fact("source", uri.toString()));
    workflow.sink().ifPresent(uri -> summary.fact("sink", uri.toString()));
    summary.fact("steps", String.join(" → ", steps(workflow))).fact("columns", columns(workflow));
    if (!workflow.quality().isEmpty()) {
      summary.fact(
          "quality",
          workflow.quality().stream().map(Object::toString).collect(Collectors.joining(", ")));
    }
    if (!workflow.alerts().isEmpty()) {
      summary.fact(
          "alerts",
          workflow.alerts().stream().map(Object::toString).collect(Collectors.joining(", ")));
    }
    output.tell(summary.build());
    return ExitCode.DONE;
  }

  private int checkFolder() {
    TextTable text = new TextTable("workflow", "name", "version", "source", "sink", "after");
    ObjectNode node = Json.object().put("command", "check").put("folder", file.toString());
    ArrayNode workflows = node.putArray("workflows");
    for (WorkflowFolder.Member member : WorkflowFolder.read(file).members()) {
      Workflow workflow = member.workflow();
      Lookups.check(workflow);
      String sink = workflow.sink().orElseThrow().toString();
      String after = member.upstream().orElse("");
      text.add(
          member.file(),
          workflow.name(),
          workflow.version(),
          member.source().toString(),
          sink,
          after);
      ObjectNode each = workflows.addObject();
      each.put("file", member.file())
          .put("workflow", workflow.name())
          .put("version", workflow.version())
          .put("source", member.source().toString())
          .put("sink", sink);
      member.upstream().ifPresent(upstream -> each.put("after", upstream));
    }
    if (output.isJson()) {
      output.tell(node);
    } else {
      output.out().print(text);
    }
    return ExitCode.DONE;
  }

  private static List<String> steps(Workflow workflow) {
    List<String> steps = new ArrayList<>();
    steps.add("parse");
    boolean bySequence =
        workflow.deduplicate().filter(Deduplication.BySequence.class::isInstance).isPresent();
    if (bySequence) {
      steps.add("drop repeats by sequence");
    }
    workflow.filter().ifPresent(unused -> steps.add("filter"));
    if (!workflow.let().isEmpty()) {
      steps.add("let");
    }
    if (workflow.deduplicate().isPresent() && !bySequence) {
      steps.add("drop repeats");
    }
    workflow
        .window()
        .ifPresent(window -> steps.add(window.kind().name().toLowerCase(Locale.ROOT) + " windows"));
    workflow.enrich().forEach(each -> steps.add("add " + each.as()));
    workflow.aggregate().ifPresent(unused -> steps.add("aggregate"));
    if (!workflow.quality().isEmpty()) {
      steps.add("check");
    }
    return steps;
  }

  private static String columns(Workflow workflow) {
    List<String> columns = new ArrayList<>();
    for (Schema.Field field :
        WorkflowTransform.of(workflow, Optional.empty()).schema().getFields()) {
      columns.add(field.getName() + " " + typeOf(field.getType()));
    }
    return String.join(", ", columns);
  }

  private static String typeOf(Schema.FieldType type) {
    Schema.FieldType element = type.getCollectionElementType();
    if (element != null) {
      return "array of " + typeOf(element);
    }
    switch (type.getTypeName()) {
      case DATETIME:
        return "timestamp";
      case BYTES:
        return "binary";
      default:
        return type.getTypeName().name().toLowerCase(Locale.ROOT);
    }
  }
}
