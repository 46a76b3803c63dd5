package dev.leat.runners.flink;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.JobListener;
import org.jspecify.annotations.Nullable;

/**
 * A job that this process gave to Flink. Beam's own result of a job that is not waited for tells
 * neither its id nor why it failed.
 */
public final class SubmittedJob {
  /** The line of Flink's configuration that makes it known here. */
  static final String LISTENER_SETTING = "execution.job-listeners: " + Listener.class.getName();

  /** Flink tells its listeners in the thread that submits. */
  private static final ThreadLocal<@Nullable SubmittedJob> LAST = new ThreadLocal<>();

  private final JobClient client;

  /** Asked for at once: an embedded cluster is gone soon after its job. */
  private final CompletableFuture<JobExecutionResult> end;

  private SubmittedJob(JobClient client) {
    this.client = client;
    this.end = client.getJobExecutionResult();
  }

  /** Before a run of which {@link #last} is asked: it may be one that submits no job. */
  public static void forget() {
    LAST.remove();
  }

  /** The job that this thread submitted last; empty if it submitted none since it forgot. */
  public static Optional<SubmittedJob> last() {
    return Optional.ofNullable(LAST.get());
  }

  /** Flink's id of it, 32 hexadecimal digits. */
  public String id() {
    return client.getJobID().toHexString();
  }

  /**
   * What it has counted so far, if it runs in this process; elsewhere nothing is known.
   *
   * @param namespace of Beam's counters
   * @return sums by name
   */
  public Map<String, Long> counters(String namespace) {
    return JobCounters.of(id(), namespace);
  }

  /** Whether it has finished, failed or been cancelled. */
  public boolean hasEnded() {
    return end.isDone();
  }

  /**
   * Ends it, if it has not ended; its last checkpoint stays if the job said so. Beam's own cancel
   * then asks an embedded cluster how the job is, and fails if that was faster and is gone.
   *
   * @throws FlinkClusterException if the cluster does not take it
   */
  public void cancel() {
    try {
      client.cancel().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | IllegalStateException e) {
      if (failure().isEmpty() && !hasEnded()) {
        throw new FlinkClusterException("The job was not canceled: " + e.getMessage());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Why it failed; empty if it has not. Waits up to 10 s for its end. */
  public Optional<Throwable> failure() {
    try {
      end.get(10, TimeUnit.SECONDS);
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Flink makes one by its name: {@code execution.job-listeners}. */
  public static final class Listener implements JobListener {
    @Override
    public void onJobSubmitted(@Nullable JobClient client, @Nullable Throwable failure) {
      if (client != null) {
        LAST.set(new SubmittedJob(client));
      }
    }

    @Override
    public void onJobExecuted(@Nullable JobExecutionResult result, @Nullable Throwable failure) {}
  }
}
