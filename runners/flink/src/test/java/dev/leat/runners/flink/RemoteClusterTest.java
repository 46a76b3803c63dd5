package dev.leat.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.Rule;
import org.junit.Test;

public class RemoteClusterTest {
  private static final String CHECKPOINTS =
      "{\"key\":\"state.checkpoints.dir\",\"value\":\"s3://bucket/checkpoints\"}";

  @Rule public final FakeCluster cluster = new FakeCluster();

  @Test
  public void bringsTheClassPathAndTakesTheClustersParallelism() throws Exception {
    cluster("1.19.3", "{\"key\":\"parallelism.default\",\"value\":\"6\"}");
    FlinkPipelineOptions options = options();

    assertThat(prepare(options, false), is(empty()));

    assertThat(options.getFlinkMaster(), is(cluster.master()));
    assertThat(options.getParallelism(), is(6));
    assertThat(options.getFilesToStage(), hasItem(containsString("beam-runners-flink-")));
    assertThat(options.getFilesToStage(), not(hasItem(containsString("flink-runtime-"))));
    assertThat(
        Files.readAllLines(Path.of(options.getFlinkConfDir(), "flink-conf.yaml")),
        contains("execution.job-listeners: dev.leat.runners.flink.SubmittedJob$Listener"));
  }

  @Test
  public void runsOneByOneOnAClusterThatSaysNothing() {
    cluster("1.19.3");
    FlinkPipelineOptions options = options();

    assertThat(prepare(options, false), is(empty()));

    assertThat(options.getParallelism(), is(1));
  }

  @Test
  public void leavesWhatWasGiven() {
    cluster("1.19.3", "{\"key\":\"parallelism.default\",\"value\":\"6\"}");
    FlinkPipelineOptions options = options("--parallelism=2", "--filesToStage=/opt/job.jar");

    assertThat(prepare(options, false, "parallelism", "filesToStage"), is(empty()));

    assertThat(options.getParallelism(), is(2));
    assertThat(options.getFilesToStage(), contains("/opt/job.jar"));
  }

  @Test
  public void takesTheClustersFolderOfCheckpointsForALiveRun() {
    cluster("1.19.3", CHECKPOINTS);
    FlinkPipelineOptions options = options();

    assertThat(prepare(options, true), is(empty()));

    assertThat(options.getStateBackend(), is(nullValue()));
    assertThat(options.getStateBackendStoragePath(), is(nullValue()));
    assertThat(options.getCheckpointingInterval(), is(10_000L));
  }

  @Test
  public void refusesALiveRunWithoutAFolderOfCheckpoints() {
    cluster("1.19.3");

    assertThat(
        prepare(options(), true),
        contains(
            "stateBackendStoragePath: expected a folder that all machines of the cluster see, such"
                + " as s3://bucket/checkpoints, for a live run on a cluster without"
                + " state.checkpoints.dir, got none"));
    assertThat(
        prepare(
            options("--stateBackendStoragePath=s3://bucket/mine"), true, "stateBackendStoragePath"),
        is(empty()));
  }

  @Test
  public void refusesALiveRunOfMoreTasksThanKeyGroups() {
    cluster("1.19.3", CHECKPOINTS, "{\"key\":\"parallelism.default\",\"value\":\"200\"}");

    assertThat(
        prepare(options(), true),
        contains(
            "parallelism: expected 1 to 128, or maxParallelism with it, for a live run, got the"
                + " cluster's parallelism.default, 200"));
    assertThat(
        prepare(options("--maxParallelism=150"), true, "maxParallelism"),
        contains("maxParallelism: expected 200 to 32768 for a live run, got 150"));
    assertThat(prepare(options("--maxParallelism=256"), true, "maxParallelism"), is(empty()));
    assertThat(prepare(options(), false), is(empty()));
  }

  @Test
  public void refusesAnotherVersionOfFlink() {
    cluster("1.20.1", CHECKPOINTS);

    assertThat(
        prepare(options(), false),
        contains("flinkMaster: expected a cluster of Flink 1.19, got one of 1.20.1"));
  }

  @Test
  public void refusesWhatIsNoAddress() {
    FlinkPipelineOptions options = options("--flinkMaster=nowhere:port");

    assertThat(
        prepare(options, false),
        contains("flinkMaster: expected host:port of a Flink cluster, got nowhere:port"));
  }

  @Test
  public void saysThatThereIsNoCluster() {
    cluster.answers("GET /overview", "<html>Welcome</html>");

    assertThrows(FlinkUnreachableException.class, () -> prepare(options(), false));
  }

  @Test
  public void doesNotAskAClusterThatItsUserConfigured() {
    FlinkPipelineOptions options = options("--flinkConfDir=/etc/flink");

    assertThat(prepare(options, true, "flinkConfDir"), is(empty()));

    assertThat(cluster.requests(), is(empty()));
    assertThat(options.getFlinkConfDir(), is("/etc/flink"));
    assertThat(options.getFilesToStage(), hasItem(containsString("beam-runners-flink-")));
  }

  private void cluster(String version, String... settings) {
    cluster
        .answers("GET /overview", "{\"taskmanagers\":2,\"flink-version\":\"" + version + "\"}")
        .answers("GET /jobmanager/config", "[" + String.join(",", settings) + "]");
  }

  /** With the fake cluster as master unless another is given. */
  private FlinkPipelineOptions options(String... args) {
    String[] all =
        Stream.concat(Stream.of("--flinkMaster=" + cluster.master()), Arrays.stream(args))
            .toArray(String[]::new);
    boolean other = Arrays.stream(args).anyMatch(arg -> arg.startsWith("--flinkMaster="));
    return PipelineOptionsFactory.fromArgs(other ? args : all).as(FlinkPipelineOptions.class);
  }

  private static List<String> prepare(
      FlinkPipelineOptions options, boolean unbounded, String... given) {
    return FlinkRuns.prepare(
        options,
        unbounded,
        Stream.concat(Stream.of("flinkMaster"), Arrays.stream(given))
            .collect(Collectors.toUnmodifiableSet()));
  }
}
