package dev.leat.runners.flink;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.flink.runtime.util.EnvironmentInformation;

/** A cluster elsewhere: what it is asked before a job goes there, and what the job brings. */
final class RemoteCluster {
  private final FlinkPipelineOptions flink;
  private final Set<String> given;
  private final List<String> problems;

  RemoteCluster(FlinkPipelineOptions flink, Set<String> given, List<String> problems) {
    this.flink = flink;
    this.given = given;
    this.problems = problems;
  }

  /** Beam's own test: everything else is an address. */
  static boolean isMasterOf(FlinkPipelineOptions flink) {
    return !flink.getFlinkMaster().trim().matches("\\[auto]|\\[collection]|\\[local]");
  }

  void prepare(boolean live) {
    if (!given.contains("filesToStage")) {
      flink.setFilesToStage(StagedFiles.ofThisProcess());
    }
    // Only Flink knows how to ask a cluster that its user had to configure, say for TLS.
    if (!ConfigurationFolder.isGiven(flink)) {
      ask(live);
    }
  }

  private void ask(boolean live) {
    FlinkRest rest;
    try {
      rest = FlinkRest.at(flink.getFlinkMaster());
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
      return;
    }
    version(rest.get("/overview").path("flink-version").asText());
    Map<String, String> settings = settings(rest.get("/jobmanager/config"));
    if (!given.contains("parallelism")) {
      flink.setParallelism(Integer.parseInt(settings.getOrDefault("parallelism.default", "1")));
      if (live) {
        new LiveSettings(flink, given, problems).keyGroupsOfCluster();
      }
    }
    boolean checkpointsHavePlace =
        flink.getStateBackendStoragePath() != null
            || flink.getStateBackendFactory() != null
            || settings.containsKey("state.checkpoints.dir");
    if (live && !checkpointsHavePlace) {
      problems.add(
          "stateBackendStoragePath: expected a folder that all machines of the cluster see, such as"
              + " s3://bucket/checkpoints, for a live run on a cluster without"
              + " state.checkpoints.dir, got none");
    }
    if (problems.isEmpty()) {
      ConfigurationFolder.set(flink, List.of(SubmittedJob.LISTENER_SETTING));
    }
  }

  /** A job is sent as serialized Java objects, which another minor version cannot read. */
  private void version(String cluster) {
    String ours = minor(EnvironmentInformation.getVersion());
    if (!minor(cluster).equals(ours)) {
      problems.add(
          "flinkMaster: expected a cluster of Flink %s, got one of %s".formatted(ours, cluster));
    }
  }

  private static String minor(String version) {
    return version.replaceFirst("^([0-9]+\\.[0-9]+)\\..*", "$1");
  }

  private static Map<String, String> settings(JsonNode configuration) {
    Map<String, String> settings = new HashMap<>();
    for (JsonNode setting : configuration) {
      settings.put(setting.path("key").asText(), setting.path("value").asText());
    }
    return settings;
  }
}
