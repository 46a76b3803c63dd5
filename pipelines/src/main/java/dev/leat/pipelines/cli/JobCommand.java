package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.TextTable;
import dev.leat.runners.flink.FlinkJob;
import dev.leat.runners.flink.FlinkJobs;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code leat job}. */
@Command(
    name = "job",
    description = JobCommand.SUMMARY,
    synopsisSubcommandLabel = "list|stop|cancel",
    subcommands = {JobCommand.ListJobs.class, JobCommand.Stop.class, JobCommand.Cancel.class})
final class JobCommand implements Runnable {
  static final String SUMMARY = "The jobs of a Flink cluster.";

  /** A savepoint may hold gigabytes; a cluster gives one up after ten minutes by default. */
  private static final Duration PATIENCE = Duration.ofMinutes(11);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "expected: job list, job stop JOB or job cancel JOB");
  }

  /** What every one of them has. */
  static final class ClusterOptions extends OutputOptions {
    @Option(
        names = "--flinkMaster",
        paramLabel = "HOST:PORT",
        required = true,
        description = "The cluster's REST address.")
    private String flinkMaster = "";

    FlinkJobs jobs() {
      try {
        return FlinkJobs.at(flinkMaster);
      } catch (IllegalArgumentException e) {
        throw new UsageException("--" + e.getMessage());
      }
    }

    /**
     * @param goesOnFrom the savepoint or checkpoint, if there is one
     */
    void tell(String command, String done, String job, Optional<URI> goesOnFrom) {
      if (isJson()) {
        ObjectNode node = Json.object().put("command", "job " + command).put("job", job);
        tell(node.put("savepoint", goesOnFrom.map(URI::toString).orElse(null)));
        return;
      }
      out().println(done + " " + job + ".");
      goesOnFrom.ifPresent(
          path -> out().println("It goes on, run again as before, with --savepointPath=" + path));
    }
  }

  /** {@code leat job list}. */
  @Command(
      name = "list",
      description = "Lists the jobs that the cluster remembers, the newest first.",
      footer = {"", "Example:", "  leat job list --flinkMaster=localhost:8081"})
  static final class ListJobs implements Callable<Integer> {
    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @Override
    public Integer call() {
      List<FlinkJob> jobs = cluster.jobs().list();
      if (cluster.isJson()) {
        cluster.tell(json(jobs));
      } else {
        cluster.out().print(table(jobs));
      }
      return ExitCode.DONE;
    }

    private static TextTable table(List<FlinkJob> jobs) {
      TextTable text =
          new TextTable(
              "job", "name", "state", "started", "restarts", "last checkpoint", "goes on from");
      for (FlinkJob job : jobs) {
        text.add(
            job.id(),
            job.name(),
            job.state(),
            job.started().toString(),
            job.restarts().isPresent() ? Long.toString(job.restarts().getAsLong()) : "",
            job.lastCheckpoint().map(last -> last.begun().toString()).orElse(""),
            job.lastCheckpoint().map(last -> last.path().toString()).orElse(""));
      }
      return text;
    }

    private static ObjectNode json(List<FlinkJob> jobs) {
      ObjectNode node = Json.object().put("command", "job list");
      ArrayNode array = node.putArray("jobs");
      for (FlinkJob job : jobs) {
        array
            .addObject()
            .put("job", job.id())
            .put("name", job.name())
            .put("state", job.state())
            .put("started", job.started().toString())
            .put("restarts", boxed(job.restarts()))
            .put(
                "last_checkpoint_time",
                job.lastCheckpoint().map(last -> last.begun().toString()).orElse(null))
            .put(
                "last_checkpoint",
                job.lastCheckpoint().map(last -> last.path().toString()).orElse(null));
      }
      return node;
    }

    private static @Nullable Long boxed(OptionalLong number) {
      return number.isPresent() ? number.getAsLong() : null;
    }
  }

  /** {@code leat job stop}. */
  @Command(
      name = "stop",
      description =
          "Stops a live run with a savepoint, from which it can go on exactly where it stopped."
              + " Open windows stay open.",
      footer = {
        "",
        "Example:",
        "  leat job stop leat-hourly --flinkMaster=localhost:8081 --savepointDirectory=s3://bucket/savepoints"
      })
  static final class Stop implements Callable<Integer> {
    @Parameters(paramLabel = "JOB", description = "Its id, or its name if one such job runs.")
    private String job = "";

    @Option(
        names = "--savepointDirectory",
        paramLabel = "URI",
        description =
            "A folder that all machines of the cluster see. Default: the cluster's"
                + " state.savepoints.dir.")
    private @Nullable String directory;

    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @Override
    public Integer call() {
      Optional<URI> folder = Optional.ofNullable(directory).map(Stop::uri);
      FlinkJobs jobs = cluster.jobs();
      String id = idOf(job, jobs);
      URI savepoint = jobs.stopWithSavepoint(id, folder, PATIENCE);
      cluster.tell("stop", "Stopped", id, Optional.of(savepoint));
      return ExitCode.DONE;
    }

    private static URI uri(String text) {
      try {
        URI uri = new URI(text);
        if (uri.isAbsolute() && !uri.isOpaque()) {
          return uri;
        }
      } catch (URISyntaxException e) {
        // Said below.
      }
      throw new UsageException(
          "--savepointDirectory: expected a URI such as s3://bucket/savepoints or"
              + " file:///mnt/savepoints, got '"
              + text
              + "'");
    }
  }

  /** {@code leat job cancel}. */
  @Command(
      name = "cancel",
      description =
          "Ends a job now. What a live run did since its last checkpoint is done again by a run"
              + " that goes on from it.",
      footer = {"", "Example:", "  leat job cancel leat-hourly --flinkMaster=localhost:8081"})
  static final class Cancel implements Callable<Integer> {
    @Parameters(paramLabel = "JOB", description = "Its id, or its name if one such job runs.")
    private String job = "";

    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @Override
    public Integer call() {
      FlinkJobs jobs = cluster.jobs();
      String id = idOf(job, jobs);
      cluster.tell("cancel", "Canceled", id, jobs.cancel(id, PATIENCE));
      return ExitCode.DONE;
    }
  }

  /** Jobs that are over have names too, and are not meant. */
  private static String idOf(String job, FlinkJobs jobs) {
    List<FlinkJob> running =
        jobs.list().stream()
            .filter(each -> !each.isOver())
            .filter(each -> each.id().equals(job) || each.name().equals(job))
            .toList();
    if (running.size() == 1) {
      return running.get(0).id();
    }
    throw new UsageException(
        running.isEmpty()
            ? "JOB: expected the id or name of a job that runs, got '" + job + "'"
            : "JOB: expected one job, got '%s', of which %d run: %s"
                .formatted(
                    job,
                    running.size(),
                    String.join(", ", running.stream().map(FlinkJob::id).toList())));
  }
}
