package dev.leat.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.testing.fixtures.FlinkCluster;
import dev.leat.testing.fixtures.FlinkSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.util.common.ReflectHelpers;
import org.apache.beam.sdk.util.construction.resources.PipelineResources;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** On a cluster whose processes have Flink's jars alone: what a job needs, it must bring. */
public class FlinkJobsIT {
  /**
   * Beam splits a source into as many as {@code maxParallelism} says, whatever the parallelism:
   * numbers of one of these keys are all of one split, and so in order.
   */
  private static final int KEYS = FlinkRuns.MAX_PARALLELISM;

  private static final Duration LONG = Duration.ofMinutes(5);

  /** What Flink's distribution has in its {@code lib}. */
  private static final String DISTRIBUTION =
      "(?:flink-|slf4j-|commons-(?:cli|lang3|text|math3|io|collections|compress)-|kryo-|minlog-"
          + "|objenesis-|chill-java-|jsr305-|snappy-java-|javassist-|lz4-java-|snakeyaml-engine-)"
          + ".*\\.jar";

  /** The half of what Leat's jobs bring that is for lakes, clouds and other languages. */
  private static final String FOR_OTHER_JOBS =
      ".*/(?:hadoop-client|grpc-netty|grpc-xds|conscrypt|google-cloud|proto-google)-.*\\.jar";

  @ClassRule
  public static final FlinkCluster CLUSTER =
      new FlinkCluster(
          FlinkSettings.of(2, 2)
              .withClassPath(plainFlink())
              // Nothing is killed here, and a busy machine is no dead one.
              .withConfiguration(Map.of("heartbeat.timeout", "120000")));

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final FlinkJobs jobs = FlinkJobs.at(CLUSTER.restAddress());

  @Test
  public void goesOnExactlyWhereItStoppedWithFewerAndMoreTasks() throws Exception {
    String first = submit("rescaled", "Follow", 2, Optional.empty());
    awaitNumbersOfEachKey(5);
    await("a checkpoint", () -> job(first).lastCheckpoint().isPresent());
    assertThat(jobs.named("rescaled").stream().map(FlinkJob::id).toList(), is(List.of(first)));
    assertThat(job(first).state(), is("RUNNING"));

    URI atTwo = jobs.stopWithSavepoint(first, Optional.empty(), LONG);
    assertThat(jobs.state(first), is("FINISHED"));
    await(
        "the savepoint in the list",
        () ->
            job(first).lastCheckpoint().map(FlinkJob.Checkpoint::path).equals(Optional.of(atTwo)));

    refusesStateWithoutAPlace(atTwo);
    String second = submit("rescaled", "Follow", 1, Optional.of(atTwo));
    awaitNumbersOfEachKey(fewest() + 5);
    URI atOne = jobs.stopWithSavepoint(second, Optional.of(folder.newFolder("mine").toURI()), LONG);
    assertThat(atOne.getPath(), containsString("/mine/"));

    String third = submit("rescaled", "Follow", 2, Optional.of(atOne));
    awaitNumbersOfEachKey(fewest() + 5);
    await("a checkpoint", () -> job(third).lastCheckpoint().isPresent());
    assertThat(job(third).restarts(), is(OptionalLong.of(0)));
    URI retained = jobs.cancel(third, LONG).orElseThrow();

    assertThat(jobs.state(third), is("CANCELED"));
    assertThat(Files.exists(Path.of(retained).resolve("_metadata")), is(true));
    assertThat(jobs.named("rescaled"), hasSize(3));
    for (int key = 0; key < KEYS; key++) {
      List<Long> numbers = numbers(key);
      int from = key;
      assertThat(
          numbers,
          is(LongStream.range(0, numbers.size()).map(i -> from + i * KEYS).boxed().toList()));
    }
  }

  private void refusesStateWithoutAPlace(URI savepoint) {
    RuntimeException refused =
        assertThrows(
            RuntimeException.class,
            () -> submit("renamed", "Follow by another name", 2, Optional.of(savepoint)));

    StringBuilder causes = new StringBuilder();
    for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
      causes.append(cause.getMessage()).append('\n');
    }
    assertThat(causes.toString(), containsString("allowNonRestoredState"));
    await("no job to be left", () -> jobs.named("renamed").stream().allMatch(FlinkJob::isOver));
  }

  private String submit(String name, String step, int parallelism, Optional<URI> savepoint) {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRuns.runner());
    options.setJobName(name);
    options.setFlinkMaster(CLUSTER.restAddress());
    options.setParallelism(parallelism);
    options.setCheckpointingInterval(1_000L);
    savepoint.ifPresent(path -> options.setSavepointPath(path.toString()));
    Set<String> given = Set.of("flinkMaster", "parallelism", "checkpointingInterval");
    assertThat(FlinkRuns.prepare(options, true, given), is(empty()));
    if (savepoint.isPresent()) {
      // The first job has shown that it brings what it needs; a cluster takes long to take it all.
      options.setFilesToStage(
          options.getFilesToStage().stream().filter(jar -> !jar.matches(FOR_OTHER_JOBS)).toList());
    }
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Count", GenerateSequence.from(0).withRate(400, org.joda.time.Duration.millis(1000)))
        .apply(
            "By key",
            WithKeys.<Integer, Long>of(number -> (int) (number % KEYS))
                .withKeyType(TypeDescriptors.integers()))
        .setCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()))
        .apply(step, ParDo.of(new Follow(folder.getRoot().getPath())));
    pipeline.run();
    return SubmittedJob.last().orElseThrow().id();
  }

  private FlinkJob job(String id) {
    return jobs.list().stream().filter(job -> job.id().equals(id)).findFirst().orElseThrow();
  }

  private void awaitNumbersOfEachKey(int count) {
    await(count + " numbers of each key", () -> fewest() >= count);
  }

  private int fewest() {
    return IntStream.range(0, KEYS).map(key -> numbers(key).size()).min().orElseThrow();
  }

  private List<Long> numbers(int key) {
    Path file = folder.getRoot().toPath().resolve("key-" + key);
    try {
      // A line may be written at this moment.
      String lines = Files.exists(file) ? Files.readString(file) : "";
      return lines.substring(0, lines.lastIndexOf('\n') + 1).lines().map(Long::valueOf).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(String what, BooleanSupplier there) {
    Instant deadline = Instant.now().plus(LONG);
    while (!there.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("Not within " + LONG + ": " + what);
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  private static List<Path> plainFlink() {
    return PipelineResources.detectClassPathResourcesToStage(
            ReflectHelpers.findClassLoader(), PipelineOptionsFactory.create())
        .stream()
        .map(Path::of)
        .filter(jar -> jar.getFileName().toString().matches(DISTRIBUTION))
        .toList();
  }

  /**
   * Writes each number to the file of its key, and fails at one that is not the next. Nothing fails
   * and starts again here, so that the files show every number that was lost or came twice.
   */
  private static final class Follow extends DoFn<KV<Integer, Long>, Void> {
    private final String folder;

    @StateId("next")
    private final StateSpec<ValueState<Long>> nextSpec = StateSpecs.value(VarLongCoder.of());

    Follow(String folder) {
      this.folder = folder;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Long> element, @StateId("next") ValueState<Long> next)
        throws IOException {
      long number = element.getValue();
      Long stored = next.read();
      long expected = stored == null ? element.getKey() : stored;
      if (number != expected) {
        throw new IllegalStateException("expected " + expected + ", got " + number);
      }
      next.write(number + KEYS);
      Files.writeString(
          Path.of(folder, "key-" + element.getKey()),
          number + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }
}
