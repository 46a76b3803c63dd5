package dev.leat.pipelines.cli;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Durations;
import dev.leat.pipelines.ingest.IngestJob;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** {@code leat ingest}. */
@Command(
    name = "ingest",
    description = {
      IngestCommand.SUMMARY,
      "Records that are no events become dead letters beside it. Each file, and each offset of a log, is taken once: run it again and nothing is added (exit code 20)."
    },
    footer = {
      "",
      "Example:",
      "  leat ingest flights.yaml --source='files:///drop/*.jsonl.gz' --sink=lake:///warehouse/raw.flights"
    })
final class IngestCommand implements Callable<Integer> {
  static final String SUMMARY = "Takes what is new at a source into the raw lake.";

  @Parameters(
      paramLabel = "WORKFLOW",
      arity = "0..1",
      description =
          "Its 'events' section maps the records. Without one they are CloudEvents, one a line.")
  private @Nullable Path workflow;

  @Option(
      names = "--source",
      paramLabel = "URI",
      required = true,
      description =
          "Files, such as files:///drop/*.jsonl.gz, or parquet:///drop; or a log, as"
              + " kafka://host:port/topic, which is taken live unless the URI ends it with until=.")
  private String source = "";

  @Option(
      names = "--sink",
      paramLabel = "URI",
      required = true,
      description =
          "The raw table, such as lake:///warehouse/raw.flights; made when it is not there.")
  private String sink = "";

  @Option(
      names = "--commitEvery",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description =
          "How often a live ingest makes what it has taken visible, 1s to 1h; on Flink at the next"
              + " checkpoint after that. Default: 10s.")
  private String commitEvery = "10s";

  @Mixin private JobOptions job = new JobOptions();

  @Unmatched private List<String> passedThrough = new ArrayList<>();

  @Override
  public Integer call() {
    Workflow mapping =
        workflow == null
            ? WorkflowParser.parse("name: cloudevents", "cloudevents")
            : WorkflowParser.parse(workflow);
    IngestJob ingest =
        IngestJob.of(
            mapping,
            ConnectorUri.parse(source),
            ConnectorUri.parse(sink),
            Durations.option(
                "--commitEvery",
                commitEvery,
                Duration.ofSeconds(1),
                Duration.ofHours(1),
                "1s to 1h"));
    Launcher launcher = job.launcher("Ingesting", passedThrough);
    Optional<Summary> done = ingest.run(launcher, job.attendant(passedThrough));
    if (done.isEmpty()) {
      job.tell(ingest.nothingNew(launcher));
      return ExitCode.NOTHING_TO_DO;
    }
    job.tell(done.get());
    return ExitCode.DONE;
  }
}
