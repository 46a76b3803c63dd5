package dev.leat.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.Test;

public class FlinkRunsTest {
  private static final String STORAGE =
      "--stateBackendStoragePath=file:///var/lib/leat/checkpoints";

  @Test
  public void embedsTheClusterUnlessOneIsNamed() {
    FlinkPipelineOptions options = options();

    assertThat(prepare(options, false), is(empty()));

    assertThat(options.getFlinkMaster(), is("[local]"));
    assertThat(
        options.getParallelism(), is(both(greaterThanOrEqualTo(1)).and(lessThanOrEqualTo(8))));
    assertThat(options.getObjectReuse(), is(true));
    assertThat(options.getFasterCopy(), is(false));
    assertThat(options.getMaxBundleSize(), is(100_000L));
    assertThat(options.getMaxBundleTimeMills(), is(10_000L));
  }

  @Test
  public void closesTheEmbeddedClustersPortsToOtherMachines() throws IOException {
    FlinkPipelineOptions options = options("--parallelism=32");

    assertThat(prepare(options, false, "parallelism"), is(empty()));

    assertThat(
        configuration(options),
        contains(
            "rest.address: 127.0.0.1",
            "rest.bind-address: 127.0.0.1",
            "jobmanager.bind-host: 127.0.0.1",
            "taskmanager.host: 127.0.0.1",
            "taskmanager.bind-host: 127.0.0.1",
            "taskmanager.network.batch-shuffle.compression.enabled: false",
            "execution.job-listeners: dev.leat.runners.flink.SubmittedJob$Listener",
            "metrics.reporter.leat.factory.class: dev.leat.runners.flink.JobCounters$Factory",
            "taskmanager.memory.network.min: 256m",
            "taskmanager.memory.network.max: 256m",
            "taskmanager.memory.managed.size: "
                + EmbeddedCluster.sortMebibytes(32, Runtime.getRuntime().maxMemory())
                + "m"));
  }

  @Test
  public void sortsInAPartOfTheHeapsSizeForEachTask() {
    assertThat(EmbeddedCluster.sortMebibytes(2, 1L << 30), is(128L));
    assertThat(EmbeddedCluster.sortMebibytes(2, 12L << 30), is(384L));
    assertThat(EmbeddedCluster.sortMebibytes(2, 256L << 30), is(1024L));
    assertThat(EmbeddedCluster.sortMebibytes(8, 12L << 30), is(512L));
  }

  @Test
  public void leavesALiveRunsMemoryToTheStateBackend() throws IOException {
    FlinkPipelineOptions options = options(STORAGE);

    assertThat(prepare(options, true, "stateBackendStoragePath"), is(empty()));

    assertThat(configuration(options), not(hasItem(startsWith("taskmanager.memory.managed.size"))));
  }

  @Test
  public void sendsALiveRunsBuffersSoon() throws IOException {
    String setting = "execution.buffer-timeout.interval: 20 ms";
    FlinkPipelineOptions live = options(STORAGE);
    FlinkPipelineOptions bounded = options();

    assertThat(prepare(live, true, "stateBackendStoragePath"), is(empty()));
    assertThat(prepare(bounded, false), is(empty()));

    assertThat(configuration(live), hasItem(setting));
    assertThat(configuration(bounded), not(hasItem(setting)));
  }

  @Test
  public void givesTheEmbeddedClusterTheSavepointThatBeamGivesOnlyToOthers() throws IOException {
    FlinkPipelineOptions options = options("--savepointPath=file:///checkpoints/chk-7");

    assertThat(prepare(options, false, "savepointPath"), is(empty()));

    assertThat(
        configuration(options),
        hasItems(
            "execution.savepoint.path: file:///checkpoints/chk-7",
            "execution.savepoint.ignore-unclaimed-state: false"));
  }

  @Test
  public void setsWhatALiveRunNeeds() {
    FlinkPipelineOptions options = options(STORAGE);

    assertThat(prepare(options, true, "stateBackendStoragePath"), is(empty()));

    assertThat(options.isStreaming(), is(true));
    assertThat(options.getCheckpointingInterval(), is(10_000L));
    assertThat(options.getCheckpointingMode(), is("EXACTLY_ONCE"));
    assertThat(options.isExternalizedCheckpointsEnabled(), is(true));
    assertThat(options.getRetainExternalizedCheckpointsOnCancellation(), is(true));
    assertThat(options.getFinishBundleBeforeCheckpointing(), is(true));
    assertThat(options.getMaxParallelism(), is(128));
    assertThat(options.getStateBackend(), is("filesystem"));
    assertThat(options.getMaxBundleSize(), is(32L));
    assertThat(options.getMaxBundleTimeMills(), is(100L));
    assertThat(options.getAutoWatermarkInterval(), is(100L));
  }

  @Test
  public void refusesEverythingThatLosesDataOnALiveRunAtOnce() {
    FlinkPipelineOptions options =
        options(
            "--checkpointingInterval=-1",
            "--checkpointingMode=AT_LEAST_ONCE",
            "--externalizedCheckpointsEnabled=false",
            "--retainExternalizedCheckpointsOnCancellation=false",
            "--finishBundleBeforeCheckpointing=false",
            "--enableStableInputDrain=false",
            "--fasterCopy=true",
            "--parallelism=4",
            "--maxParallelism=2");

    List<String> problems =
        prepare(
            options,
            true,
            "checkpointingInterval",
            "checkpointingMode",
            "externalizedCheckpointsEnabled",
            "retainExternalizedCheckpointsOnCancellation",
            "finishBundleBeforeCheckpointing",
            "enableStableInputDrain",
            "fasterCopy",
            "parallelism",
            "maxParallelism");

    assertThat(
        problems,
        contains(
            "checkpointingInterval: expected 1000 or more ms for a live run, got -1",
            "checkpointingMode: expected EXACTLY_ONCE for a live run, got AT_LEAST_ONCE",
            "externalizedCheckpointsEnabled: expected true for a live run, got false",
            "retainExternalizedCheckpointsOnCancellation: expected true for a live run, got false",
            "finishBundleBeforeCheckpointing: expected true for a live run, got false",
            "enableStableInputDrain: expected true for a live run, got false",
            "fasterCopy: expected false for a live run, got true",
            "maxParallelism: expected 4 to 32768 for a live run, got 2",
            "stateBackendStoragePath: expected a folder that outlives the run, such as"
                + " file:///var/lib/leat/checkpoints, for a live run, got none"));
    assertThat(options.getFlinkConfDir(), is(nullValue()));
  }

  @Test
  public void leavesSafeLiveSettingsThatWereGiven() {
    FlinkPipelineOptions options =
        options(STORAGE, "--checkpointingInterval=1000", "--maxParallelism=512");

    assertThat(
        prepare(
            options, true, "stateBackendStoragePath", "checkpointingInterval", "maxParallelism"),
        is(empty()));

    assertThat(options.getCheckpointingInterval(), is(1_000L));
    assertThat(options.getMaxParallelism(), is(512));
  }

  @Test
  public void asksForMaxParallelismAboveItsDefault() {
    FlinkPipelineOptions options = options(STORAGE, "--parallelism=200");

    assertThat(
        prepare(options, true, "stateBackendStoragePath", "parallelism"),
        contains(
            "parallelism: expected 1 to 128, or maxParallelism with it, for a live run, got 200"));
  }

  @Test
  public void boundedRunMayDoWithoutCheckpoints() {
    FlinkPipelineOptions options = options("--checkpointingInterval=-1", "--fasterCopy=true");

    assertThat(prepare(options, false, "checkpointingInterval", "fasterCopy"), is(empty()));

    assertThat(options.getCheckpointingInterval(), is(-1L));
    assertThat(options.getFasterCopy(), is(true));
    assertThat(options.getMaxParallelism(), is(-1));
  }

  @Test
  public void refusesWhatBeamWouldRefuseOnlyLater() {
    FlinkPipelineOptions options =
        options(
            "--parallelism=0", "--stateBackend=hashmap", "--stateBackendStoragePath=/checkpoints");

    assertThat(
        prepare(options, false, "parallelism", "stateBackend", "stateBackendStoragePath"),
        contains(
            "parallelism: expected 1 or more, got 0",
            "stateBackendStoragePath: expected a URI such as file:///var/lib/leat/checkpoints, got"
                + " /checkpoints",
            "stateBackend: expected filesystem or rocksdb, got hashmap"));
    assertThat(
        prepare(options("--stateBackend=filesystem"), false, "stateBackend"),
        contains("stateBackend: expected stateBackendStoragePath with it, got none"));
    assertThat(
        prepare(options(STORAGE, "--stateBackend=rocksdb"), false, "stateBackend"),
        contains(
            "stateBackend: expected flink-statebackend-rocksdb on the class path, or in its place"
                + " the cluster's own setting state.backend.type, for rocksdb, got none"));
  }

  private static FlinkPipelineOptions options(String... args) {
    return PipelineOptionsFactory.fromArgs(args).as(FlinkPipelineOptions.class);
  }

  private static List<String> prepare(
      FlinkPipelineOptions options, boolean unbounded, String... given) {
    return FlinkRuns.prepare(
        options, unbounded, Arrays.stream(given).collect(Collectors.toUnmodifiableSet()));
  }

  private static List<String> configuration(FlinkPipelineOptions options) throws IOException {
    return Files.readAllLines(Path.of(options.getFlinkConfDir(), "flink-conf.yaml"));
  }
}
