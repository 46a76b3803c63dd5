package dev.leat.runners.flink;

import java.util.Optional;
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
  private static final ThreadLocal<@Nullable JobClient> LAST = new ThreadLocal<>();

  private final JobClient client;

  private SubmittedJob(JobClient client) {
    this.client = client;
  }

  /** The job that this thread submitted last; empty if it submitted none. */
  public static Optional<SubmittedJob> last() {
    return Optional.ofNullable(LAST.get()).map(SubmittedJob::new);
  }

  /** Flink's id of it, 32 hexadecimal digits. */
  public String id() {
    return client.getJobID().toHexString();
  }

  /** Why it failed; empty if it has not, or the cluster is gone. */
  public Optional<Throwable> failure() {
    try {
      client.getJobExecutionResult().get(10, TimeUnit.SECONDS);
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
        LAST.set(client);
      }
    }

    @Override
    public void onJobExecuted(@Nullable JobExecutionResult result, @Nullable Throwable failure) {}
  }
}
