package dev.leat.testing.benchmarks.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** All that was measured, for programs: a JSON object with every run's time. */
public final class ResultsFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ResultsFile() {}

  public static void write(Run run, Path file) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("workload", run.workload().name());
    root.put("machine", run.machine());
    root.put("date", run.date().toString());
    root.put("heap", run.heap());
    ArrayNode results = root.putArray("results");
    for (Result result : run.results()) {
      ObjectNode node = results.addObject();
      node.put("contender", result.contender().name());
      node.put("events", result.events());
      node.put("startUpEvents", result.startUpEvents());
      node.put("rows", result.verdict());
      result.rate().ifPresent(rate -> node.put("eventsPerSecond", rate));
      ArrayNode seconds = node.putArray("seconds");
      result.trials().forEach(trial -> seconds.add(trial.seconds()));
      ArrayNode startUps = node.putArray("startUpSeconds");
      result.startUps().forEach(trial -> startUps.add(trial.seconds()));
      ArrayNode figures = node.putArray("figures");
      result.trials().forEach(trial -> figures.addPOJO(trial.figures()));
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
  }
}
