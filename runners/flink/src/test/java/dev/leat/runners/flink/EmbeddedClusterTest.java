package dev.leat.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Real runs in this process, so that what steps see can be taken from static queues. */
public class EmbeddedClusterTest {
  private static final Queue<String> GROUPS = new ConcurrentLinkedQueue<>();
  private static final BlockingQueue<Long> NUMBERS = new LinkedBlockingQueue<>();

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Before
  public void forgetEarlierRuns() {
    GROUPS.clear();
    NUMBERS.clear();
  }

  @Test
  public void groupsByKey() {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRuns.runner());
    assertThat(FlinkRuns.prepare(options, false, Set.of()), is(empty()));
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(Create.of(KV.of("a", 1), KV.of("b", 2), KV.of("a", 3)))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new KeepGroups()));

    assertThat(pipeline.run().waitUntilFinish(), is(PipelineResult.State.DONE));

    assertThat(GROUPS, containsInAnyOrder("a=4", "b=2"));
  }

  @Test
  public void goesOnFromTheCheckpointOfAStoppedLiveRun() throws Exception {
    long first = firstNumberOfLiveRun();
    NUMBERS.clear();

    long firstAfterRestore =
        firstNumberOfLiveRun("--savepointPath=" + checkpoint(lastCheckpoint()));

    assertThat(first, is(0L));
    assertThat(firstAfterRestore, is(greaterThan(0L)));
  }

  /** Runs until a checkpoint holds a number that the run has seen, then cancels. */
  private long firstNumberOfLiveRun(String... args) throws Exception {
    FlinkPipelineOptions options =
        PipelineOptionsFactory.fromArgs(args).as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRuns.runner());
    options.setAttachedMode(false);
    // One reader: with two, each counts every second number, and either may come first.
    options.setParallelism(1);
    options.setCheckpointingInterval(1_000L);
    options.setStateBackendStoragePath(folder.getRoot().toURI().toString());
    assertThat(
        FlinkRuns.prepare(options, true, Set.of("checkpointingInterval", "parallelism")),
        is(empty()));
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(GenerateSequence.from(0).withRate(100, Duration.standardSeconds(1)))
        .apply(ParDo.of(new KeepNumbers()));

    PipelineResult run = pipeline.run();
    try {
      long first = nextNumber();
      // The next checkpoint may have begun before that number; the one after it has not.
      int enough = lastCheckpoint() + 2;
      while (lastCheckpoint() < enough) {
        nextNumber();
      }
      return first;
    } finally {
      run.cancel();
    }
  }

  private static long nextNumber() throws InterruptedException {
    Long number = NUMBERS.poll(60, TimeUnit.SECONDS);
    assertThat("a number within 60 seconds", number, is(notNullValue()));
    return number;
  }

  /** Flink numbers them from 1, and leaves the last completed one; 0 if there is none. */
  private int lastCheckpoint() throws IOException {
    return checkpoints().keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  private URI checkpoint(int number) throws IOException {
    return checkpoints().get(number).toUri();
  }

  private Map<Integer, Path> checkpoints() throws IOException {
    Map<Integer, Path> complete = new HashMap<>();
    try (DirectoryStream<Path> jobs = Files.newDirectoryStream(folder.getRoot().toPath())) {
      for (Path job : jobs) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(job, "chk-*")) {
          for (Path checkpoint : found) {
            if (Files.exists(checkpoint.resolve("_metadata"))) {
              String name = checkpoint.getFileName().toString();
              complete.put(Integer.parseInt(name.substring("chk-".length())), checkpoint);
            }
          }
        }
      }
    }
    return complete;
  }

  private static final class KeepGroups extends DoFn<KV<String, Iterable<Integer>>, Void> {
    @ProcessElement
    public void process(@Element KV<String, Iterable<Integer>> group) {
      int sum = 0;
      for (int value : group.getValue()) {
        sum += value;
      }
      GROUPS.add(group.getKey() + "=" + sum);
    }
  }

  private static final class KeepNumbers extends DoFn<Long, Void> {
    @ProcessElement
    public void process(@Element Long number) {
      NUMBERS.add(number);
    }
  }
}
