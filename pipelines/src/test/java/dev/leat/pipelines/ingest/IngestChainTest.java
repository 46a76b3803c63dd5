package dev.leat.pipelines.ingest;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import dev.leat.io.lake.RawLake;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Source;
import dev.leat.pipelines.run.Events;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.values.PValue;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * From the files to the one shuffle an ingest is a chain of functions that have one output each,
 * which one function reads. With another output, or a second reader, every event is written down
 * and read again on the way.
 */
public class IngestChainTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void nothingLeavesTheWayToTheShuffle() throws IOException {
    Path root = folder.getRoot().toPath();
    Workflow workflow =
        WorkflowParser.parse(Files.writeString(root.resolve("drop.yaml"), Drop.WORKFLOW));
    new Drop(root.resolve("drop")).add("a");
    ConnectorUri lake = ConnectorUri.parse("lake://" + root.resolve("lake") + "/raw.events");
    ConnectorUri drop = ConnectorUri.parse("files:" + root.resolve("drop") + "/*.jsonl");
    RawLake raw = RawLake.of(lake);
    Source.OfFiles files = (Source.OfFiles) Events.open(drop, Events.request(workflow));
    Pipeline pipeline = Pipeline.create();

    IngestJob.of(workflow, drop, lake).take(pipeline, files, raw, "run-1", raw.plan(files.files()));

    Shape shape = new Shape();
    pipeline.traverseTopologically(shape);
    assertThat(shape.wayTo("Ingest/By partition"), hasItem("Ingest/Route/ParMultiDo(OfRecords)"));
  }

  /** What reads what. */
  private static final class Shape extends Pipeline.PipelineVisitor.Defaults {
    private final Map<PValue, TransformHierarchy.Node> writers = new HashMap<>();
    private final Map<PValue, List<TransformHierarchy.Node>> readers = new HashMap<>();
    private final Map<String, PValue> grouped = new HashMap<>();

    @Override
    public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node node) {
      if (node.getTransform() instanceof GroupByKey) {
        visitPrimitiveTransform(node);
        return CompositeBehavior.DO_NOT_ENTER_TRANSFORM;
      }
      return CompositeBehavior.ENTER_TRANSFORM;
    }

    @Override
    public void visitPrimitiveTransform(TransformHierarchy.Node node) {
      node.getOutputs().values().forEach(output -> writers.put(output, node));
      for (PValue input : node.getInputs().values()) {
        readers.computeIfAbsent(input, key -> new ArrayList<>()).add(node);
        if (node.getTransform() instanceof GroupByKey) {
          grouped.put(node.getFullName(), input);
        }
      }
    }

    /** Names of the functions before a shuffle, from the first. */
    List<String> wayTo(String shuffle) {
      List<String> way = new ArrayList<>();
      PValue between = grouped.get(shuffle);
      while (between != null) {
        TransformHierarchy.Node writer = writers.get(between);
        assertThat(writer.getFullName(), writer.getOutputs().size(), is(1));
        assertThat(writer.getFullName(), readers.get(between).size(), is(1));
        way.add(writer.getFullName());
        between = writer.getInputs().values().stream().findFirst().orElse(null);
      }
      Collections.reverse(way);
      return way;
    }
  }
}
