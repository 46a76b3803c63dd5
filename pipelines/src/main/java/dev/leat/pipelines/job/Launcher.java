package dev.leat.pipelines.job;

import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.quality.QualityRefusedException;
import dev.leat.runners.direct.DirectRuns;
import dev.leat.runners.flink.FlinkRuns;
import dev.leat.runners.flink.SubmittedJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;

/** Runs pipelines on a runner, with its tuned defaults. */
public final class Launcher {
  /** The runners there are. */
  public static final List<String> RUNNERS = List.of("DirectRunner", "FlinkRunner");

  /** In Beam's message for an option that it does not know. */
  private static final String UNKNOWN = "missing a property named";

  private static final long PROGRESS_MILLIS = 500;

  private final String runner;
  private final List<String> arguments;
  private final PipelineOptions options;
  private final boolean named;
  private final Progress progress;

  private Launcher(
      String runner,
      List<String> arguments,
      PipelineOptions options,
      boolean named,
      Progress progress) {
    this.runner = runner;
    this.arguments = arguments;
    this.options = options;
    this.named = named;
    this.progress = progress;
  }

  /**
   * @param runner one of {@link #RUNNERS}
   * @param arguments Beam's and the runner's own options, {@code --name=value}
   * @throws UsageException if there is no such runner, or an option has a bad value or is known to
   *     lose data
   * @throws UnknownOptionsException if nobody has such options
   */
  public static Launcher of(String runner, List<String> arguments, Progress progress) {
    return prepared(runner, arguments, progress, false);
  }

  /**
   * The same for live runs, which have other defaults and refuse more.
   *
   * @throws UsageException if an option is missing, has a bad value or is known to lose data
   */
  public Launcher forLiveRuns() {
    return prepared(runner, arguments, progress, true);
  }

  private static Launcher prepared(
      String runner, List<String> arguments, Progress progress, boolean live) {
    if (!RUNNERS.contains(runner)) {
      throw new UsageException(
          "--runner: expected one of " + String.join(", ", RUNNERS) + ", got '" + runner + "'");
    }
    PipelineOptions options = parse(arguments);
    Set<String> given = new LinkedHashSet<>();
    arguments.forEach(argument -> given.add(nameOf(argument)));
    boolean direct = runner.equals("DirectRunner");
    options.setRunner(direct ? DirectRuns.runner() : FlinkRuns.runner());
    List<String> problems =
        direct ? DirectRuns.prepare(options, live, given) : FlinkRuns.prepare(options, live, given);
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
    FileSystems.setDefaultPipelineOptions(options);
    return new Launcher(
        runner, List.copyOf(arguments), options, given.contains("jobName"), progress);
  }

  public String runner() {
    return runner;
  }

  /** Whether jobs run in this process, and not on a cluster elsewhere. */
  public boolean isEmbedded() {
    return runner.equals("DirectRunner") || FlinkRuns.isEmbedded(options);
  }

  /** Whether what is launched goes on from the saved state of an earlier run. */
  public boolean goesOn() {
    return arguments.stream().anyMatch(argument -> nameOf(argument).equals("savepointPath"));
  }

  /**
   * @param name of the job, unless {@code --jobName} gave one
   */
  public Pipeline newPipeline(String name) {
    if (!named) {
      options.setJobName(name);
    }
    return Pipeline.create(options);
  }

  /**
   * Runs a pipeline to its end.
   *
   * @throws JobFailedException if it fails
   */
  public Counts run(Pipeline pipeline) {
    AtomicReference<PipelineResult> started = new AtomicReference<>();
    ExecutorService worker =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "leat-job");
              thread.setDaemon(true);
              return thread;
            });
    try {
      Future<PipelineResult> job =
          worker.submit(
              () -> {
                PipelineResult result = pipeline.run();
                started.set(result);
                result.waitUntilFinish();
                return result;
              });
      PipelineResult result = await(job, started);
      if (result.getState() != PipelineResult.State.DONE) {
        throw new JobFailedException("The job ended as " + result.getState(), new Exception());
      }
      return Counts.of(result);
    } finally {
      progress.clear();
      worker.shutdownNow();
    }
  }

  /**
   * Starts an unbounded pipeline, made by a launcher {@link #forLiveRuns()}; it goes on until it is
   * stopped or fails.
   *
   * @throws JobFailedException if it cannot start
   */
  public LiveRun start(Pipeline pipeline) {
    try {
      SubmittedJob.forget();
      PipelineResult result = pipeline.run();
      return new LiveRun(result, options.getJobName(), SubmittedJob.last(), progress);
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  private PipelineResult await(
      Future<PipelineResult> job, AtomicReference<PipelineResult> started) {
    while (true) {
      try {
        return job.get(PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        progress.show(countsOf(started.get()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new JobFailedException("The job was interrupted", e);
      } catch (ExecutionException e) {
        throw failed(e.getCause() == null ? e : e.getCause());
      }
    }
  }

  static Counts countsOf(@Nullable PipelineResult result) {
    try {
      return result == null ? Counts.NONE : Counts.of(result);
    } catch (UnsupportedOperationException e) {
      // Some runners tell metrics only at the end.
      return Counts.NONE;
    }
  }

  /** The first cause that a person can act on; the whole chain stays behind it. */
  static RuntimeException failed(Throwable failure) {
    Throwable cause = failure;
    for (Throwable next = failure; next != null; next = next.getCause()) {
      if (next instanceof UsageException
          || next instanceof UnreachableException
          || next instanceof QualityRefusedException) {
        return (RuntimeException) next;
      }
      boolean wrapper =
          next instanceof UserCodeException
              || next instanceof Pipeline.PipelineExecutionException
              || next.getClass().getName().startsWith("org.apache.flink.");
      if (!wrapper) {
        cause = next;
        if (next.getMessage() != null && !(next.getClass() == RuntimeException.class)) {
          break;
        }
      }
    }
    String message =
        Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getSimpleName());
    return new JobFailedException(
        "The job failed: " + message.lines().findFirst().orElse(""), failure);
  }

  /** Each by itself first, because Beam stops at the first problem. */
  private static PipelineOptions parse(List<String> arguments) {
    List<String> unknown = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Map<String, List<String>> byName = new LinkedHashMap<>();
    for (String argument : arguments) {
      if (!argument.startsWith("--")) {
        problems.add("'" + argument + "': expected an option, --name=value");
        continue;
      }
      byName.computeIfAbsent(nameOf(argument), unused -> new ArrayList<>()).add(argument);
      try {
        PipelineOptionsFactory.fromArgs(argument).create();
      } catch (IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains(UNKNOWN)) {
          unknown.add("--" + nameOf(argument));
        } else {
          problems.add("--" + nameOf(argument) + ": " + sentence(message));
        }
      }
    }
    if (problems.isEmpty() && unknown.isEmpty()) {
      byName.forEach((name, given) -> problems.addAll(repeated(name, given)));
    }
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
    if (!unknown.isEmpty()) {
      throw new UnknownOptionsException(unknown);
    }
    return PipelineOptionsFactory.fromArgs(arguments.toArray(new String[0])).create();
  }

  /** Options that are lists may be given more than once. */
  private static List<String> repeated(String name, List<String> given) {
    if (given.size() == 1) {
      return List.of();
    }
    try {
      PipelineOptionsFactory.fromArgs(given.toArray(new String[0])).create();
      return List.of();
    } catch (IllegalArgumentException e) {
      return List.of("--" + name + ": expected it once, got it " + given.size() + " times");
    }
  }

  /** Beam hands on what Jackson says of a value that it cannot read. */
  private static String sentence(String message) {
    return message
        .lines()
        .findFirst()
        .orElse("bad value")
        .replaceFirst(
            "Cannot deserialize value of type `(?:[\\w.]*\\.)?(\\w+).*?` from String \"(.*)\": .*",
            "expected a value of type $1, got '$2'");
  }

  private static String nameOf(String argument) {
    return argument.substring(2).replaceFirst("=.*", "");
  }

  /** Options that neither Leat nor Beam nor the runner has. */
  public static final class UnknownOptionsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> options;

    UnknownOptionsException(List<String> options) {
      super("unknown options " + String.join(", ", options));
      this.options = List.copyOf(options);
    }

    /** At least one, each with its dashes. */
    public List<String> options() {
      return options;
    }
  }
}
