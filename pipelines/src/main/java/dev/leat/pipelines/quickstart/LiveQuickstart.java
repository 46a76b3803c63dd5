package dev.leat.pipelines.quickstart;

import dev.leat.health.Counters;
import dev.leat.io.lake.LakeRows;
import dev.leat.io.lake.LakeTables;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UnreachableException;
import dev.leat.pipelines.ingest.IngestJob;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.JobFailedException;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.LiveRun;
import dev.leat.pipelines.run.RunJob;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The main job live: flights arrive in a Kafka of its own, faster than they flew, out of order and
 * some twice; one job takes them into a raw lake, another keeps an hourly table.
 */
public final class LiveQuickstart {
  private static final String TOPIC = "flights";
  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Path example;
  private final Path folder;
  private final long seed;
  private final double eventHoursASecond;
  private final Function<String, Launcher> launchers;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * @param home the checkout that holds {@code examples/flights}
   * @param folder where everything is put; made anew
   * @param eventHoursASecond how fast time passes
   * @param launchers a launcher that keeps its checkpoints in a folder of that name
   */
  public LiveQuickstart(
      Path home,
      Path folder,
      long seed,
      double eventHoursASecond,
      Function<String, Launcher> launchers) {
    this.example = home.resolve("examples").resolve("flights");
    this.folder = folder;
    this.seed = seed;
    this.eventHoursASecond = eventHoursASecond;
    this.launchers = launchers;
  }

  /** What is shown while it goes on. */
  public interface View {
    /** Called about once a second. */
    void show(Moment moment);
  }

  /**
   * How far it is.
   *
   * @param sent messages that Kafka has
   * @param ofAll how many there will be
   * @param stored events in the raw lake
   * @param deadLetters beside it
   * @param counts of the run that keeps the table
   * @param rows of the hourly table, as it is now
   */
  public record Moment(
      long sent,
      long ofAll,
      long stored,
      long deadLetters,
      Counts counts,
      List<Map<String, @Nullable Object>> rows) {

    /** Events in the table's rows. */
    public long used() {
      return rows.stream()
          .mapToLong(row -> ((Number) row.getOrDefault("flights", 0L)).longValue())
          .sum();
    }

    public long repeats() {
      return counts.of(Counters.REPEATS);
    }

    public long late() {
      return counts.of(Counters.LATE);
    }

    /** Whether every record is accounted for, at every place it came to. */
    public boolean balances() {
      return sent == stored + deadLetters && stored == used() + repeats() + late();
    }
  }

  /** Ends the stream; {@link #run} then waits until all of it is in the tables. */
  public void stop() {
    stopped.countDown();
  }

  /**
   * Does it, until the flights are at their end or {@link #stop} is called.
   *
   * @return the last moment, when all that was sent has arrived
   * @throws dev.leat.io.spi.UsageException if the folder cannot be used
   * @throws UnreachableException if the example or the broker is not there
   * @throws JobFailedException if a job fails
   */
  public Moment run(View view) {
    if (!Files.isRegularFile(workflowFile())) {
      throw new UnreachableException(
          workflowFile() + ": there is no such file; run the leat of a checkout");
    }
    Workflow workflow = WorkflowParser.parse(workflowFile());
    try (QuickstartFolder ready = QuickstartFolder.open(folder);
        Broker broker =
            Broker.start(
                Files.createDirectories(ready.path().resolve("kafka")), TOPIC, PARTITIONS)) {
      ConnectorUri topic =
          ConnectorUri.parse("kafka://" + broker.address() + "/" + TOPIC + "?disorder=3h");
      try (FlightStream flights =
              new FlightStream(
                  example.resolve("flights-20k.json.gz"),
                  broker.address(),
                  TOPIC,
                  seed,
                  eventHoursASecond);
          Job ingest =
              Job.start(
                  attendant ->
                      IngestJob.of(workflow, topic, rawTable(), Duration.ofSeconds(1))
                          .run(launchers.apply("ingest"), attendant));
          Job run =
              Job.start(
                  attendant ->
                      RunJob.of(workflow, topic, table().withParameter("commit", "1s"))
                          .run(launchers.apply("run"), attendant))) {
        flights.start();
        Moment moment = moment(flights, run);
        while (flights.isRunning() && !stopped.await(1, TimeUnit.SECONDS)) {
          check(ingest, run);
          moment = moment(flights, run);
          view.show(moment);
        }
        flights.stop();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!moment.balances() || moment.sent() != flights.acknowledged()) {
          if (System.nanoTime() > deadline) {
            return moment;
          }
          check(ingest, run);
          TimeUnit.SECONDS.sleep(1);
          moment = moment(flights, run);
          view.show(moment);
        }
        return moment;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobFailedException("The quickstart was interrupted", e);
    }
  }

  Path workflowFile() {
    return example.resolve("delays-live.yaml");
  }

  Path folder() {
    return folder;
  }

  ConnectorUri rawTable() {
    return Quickstart.lake(folder, "raw.flights");
  }

  /** The hourly table. */
  public ConnectorUri table() {
    return Quickstart.lake(folder, "delays_hourly");
  }

  private Moment moment(FlightStream flights, Job run) {
    return new Moment(
        flights.acknowledged(),
        flights.total(),
        rowsOf(rawTable()),
        rowsOf(RunJob.besideOf(rawTable(), "dead_letters").orElseThrow()),
        run.live().counts(),
        orNone(() -> LakeRows.read(table()), List.of()));
  }

  private static long rowsOf(ConnectorUri table) {
    return orNone(
        () ->
            LakeTables.history(table).stream()
                .filter(version -> version.current())
                .mapToLong(version -> version.rows())
                .sum(),
        0L);
  }

  /** A table is there from its first commit on. */
  private static <T> T orNone(Supplier<T> look, T none) {
    try {
      return look.get();
    } catch (UnreachableException e) {
      return none;
    }
  }

  private static void check(Job... jobs) {
    for (Job job : jobs) {
      job.check();
    }
  }

  /** A job that goes on in a thread of its own. */
  private record Job(LiveRun live, CompletableFuture<Void> end) implements AutoCloseable {

    interface Start {
      void start(dev.leat.pipelines.job.Attendant attendant);
    }

    static Job start(Start job) {
      CompletableFuture<LiveRun> started = new CompletableFuture<>();
      CompletableFuture<Void> end =
          CompletableFuture.runAsync(
              () ->
                  job.start(
                      run -> {
                        started.complete(run);
                        return Optional.of(run.await());
                      }),
              task -> {
                Thread thread = new Thread(task, "leat-live");
                thread.setDaemon(true);
                thread.start();
              });
      end.whenComplete(
          (unused, failure) -> {
            if (failure != null) {
              started.completeExceptionally(failure);
            }
          });
      try {
        return new Job(started.get(), end);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new JobFailedException("The quickstart was interrupted", e);
      } catch (ExecutionException e) {
        throw cause(e);
      }
    }

    void check() {
      if (end.isDone()) {
        try {
          end.join();
        } catch (java.util.concurrent.CompletionException e) {
          throw cause(e);
        }
        throw new JobFailedException("A job ended by itself", new Exception());
      }
    }

    private static RuntimeException cause(Exception e) {
      return e.getCause() instanceof RuntimeException
          ? (RuntimeException) e.getCause()
          : new JobFailedException("A job failed", e);
    }

    @Override
    public void close() {
      live.stop();
    }
  }
}
