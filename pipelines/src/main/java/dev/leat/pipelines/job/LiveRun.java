package dev.leat.pipelines.job;

import dev.leat.health.Counters;
import dev.leat.runners.flink.FlinkClusterException;
import dev.leat.runners.flink.SubmittedJob;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.PipelineResult;

/** A live run that has been started. It goes on until it is stopped or fails. */
public final class LiveRun {
  private static final long PROGRESS_MILLIS = 500;

  private final PipelineResult result;
  private final String name;
  private final Optional<SubmittedJob> job;
  private final Progress progress;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile Counts last = Counts.NONE;

  LiveRun(PipelineResult result, String name, Optional<SubmittedJob> job, Progress progress) {
    this.result = result;
    this.name = name;
    this.job = job;
    this.progress = progress;
  }

  /** The job's name, by which a cluster lists it. */
  public String name() {
    return name;
  }

  /** The runner's id of the job, where it has one. */
  public Optional<String> id() {
    return job.map(SubmittedJob::id);
  }

  /**
   * What has been counted so far. After a crash and restart within the run it can be more than
   * there was: tables are exact, these counts are not.
   */
  public Counts counts() {
    if (job.isPresent()) {
      last = new Counts(job.get().counters(Counters.NAMESPACE));
    } else if (isRunning()) {
      last = Launcher.countsOf(result);
    }
    return last;
  }

  /** Whether it has neither been stopped nor failed. */
  public boolean isRunning() {
    // An embedded cluster that has ended with its job has no state to tell.
    return job.isPresent() ? !job.get().hasEnded() : !result.getState().isTerminal();
  }

  /**
   * Waits until the run is stopped, and shows how it goes on.
   *
   * @return the last counts
   * @throws JobFailedException if it fails, or ends by itself
   */
  public Counts await() {
    try {
      while (!stopping.await(PROGRESS_MILLIS, TimeUnit.MILLISECONDS)) {
        if (!isRunning()) {
          break;
        }
        progress.show(counts());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      progress.clear();
    }
    if (stopping.getCount() > 0) {
      throw failure();
    }
    return last;
  }

  /** Stops it; {@link #await} then returns. On Flink its last checkpoint is kept. */
  public void stop() {
    counts();
    stopping.countDown();
    if (!isRunning()) {
      return;
    }
    try {
      if (job.isPresent()) {
        job.get().cancel();
      } else {
        result.cancel();
      }
    } catch (IOException | FlinkClusterException e) {
      throw new JobFailedException("The job could not be stopped: " + e.getMessage(), e);
    }
  }

  private RuntimeException failure() {
    return job.flatMap(SubmittedJob::failure)
        .map(Launcher::failed)
        .orElseGet(
            () ->
                new JobFailedException(
                    "The job ended by itself; its log says why", new Exception()));
  }
}
