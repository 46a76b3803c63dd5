package dev.leat.pipelines.backfill;

import com.google.auto.value.AutoValue;
import dev.leat.aggregate.Aggregation;
import dev.leat.aggregate.KeySample;
import dev.leat.io.lake.BackfillBranch;
import dev.leat.io.lake.DerivedLake;
import dev.leat.io.lake.DerivedTable;
import dev.leat.io.lake.RawScan;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.RunId;
import dev.leat.pipelines.run.Lookups;
import dev.leat.pipelines.run.RunJob;
import dev.leat.pipelines.run.WholeWindows;
import dev.leat.pipelines.run.WorkflowTransform;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.window.WindowSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * What is to be made again: a workflow's rows of a range of event time, in a derived table, from a
 * raw one. {@link #check} sees that it can be.
 */
@AutoValue
public abstract class Backfill {
  /** Raw rows of a chunk: some hundred megabytes while they are grouped in memory. */
  public static final long CHUNK_ROWS = 2_000_000;

  abstract Workflow workflow();

  abstract ConnectorUri source();

  abstract ConnectorUri sink();

  abstract ConnectorUri deadLetters();

  abstract TimeRange range();

  /** Raw rows that a chunk has at most, unless one partition has more. */
  abstract long chunkRows();

  abstract String runId();

  /**
   * @param deadLetters a lake table; absent for the one beside the sink named {@code
   *     …_backfill_dead_letters}
   */
  public static Backfill of(
      Workflow workflow,
      ConnectorUri source,
      ConnectorUri sink,
      Optional<ConnectorUri> deadLetters,
      TimeRange range,
      long chunkRows) {
    return new AutoValue_Backfill(
        workflow,
        source,
        sink,
        deadLetters.or(() -> RunJob.besideOf(sink, "backfill_dead_letters")).orElse(sink),
        range,
        chunkRows,
        RunId.next());
  }

  /**
   * Sees that the backfill can be; writes nothing.
   *
   * @throws UsageException with everything that is in the way
   * @throws dev.leat.io.spi.UnreachableException if a table or lookup is not there
   */
  public void check() {
    List<String> problems = new ArrayList<>();
    mustBeLake("--source", source(), problems);
    mustBeLake("--sink", sink(), problems);
    mustBeLake("--deadLetters", deadLetters(), problems);
    if (source().parameter("snapshot").isPresent()) {
      problems.add(
          "--source: expected no snapshot=, because a backfill keeps the one it was begun with:"
              + " an older one would lack events that the table has");
    }
    if (workflow().aggregate().isEmpty() || workflow().window().isEmpty()) {
      problems.add(
          workflow().name()
              + ": expected a workflow with an aggregate and fixed windows; without windows a table"
              + " can only be replaced whole, which leat run does");
    } else if (workflow().window().get().kind() == WindowSpec.Kind.FIXED) {
      gather(() -> WholeWindows.check(workflow(), range()), problems);
    } else {
      problems.add(
          workflow().name()
              + ": expected fixed windows, because a range cuts sliding and session windows in two;"
              + " leat run makes the table from all events");
    }
    gather(() -> Lookups.check(workflow()), problems);
    if (problems.isEmpty()) {
      gather(this::branch, problems);
    }
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
  }

  private static void mustBeLake(String option, ConnectorUri uri, List<String> problems) {
    if (!uri.scheme().equals("lake")) {
      problems.add(
          option
              + ": expected a table of the lake, such as lake:///warehouse/table, because a backfill"
              + " needs its versions, got "
              + uri);
    }
  }

  private static void gather(Runnable check, List<String> problems) {
    try {
      check.run();
    } catch (UsageException e) {
      problems.addAll(e.problems());
    }
  }

  /**
   * What it would do, from metadata alone.
   *
   * @param pricePerCoreHour empty to tell no cost
   */
  public Report plan(String runner, int cores, OptionalDouble pricePerCoreHour) {
    return PlanReport.of(this, checkedPlan(runner, cores), cores, pricePerCoreHour);
  }

  /**
   * Runs it for some keys, compares their rows with those that are published, and predicts the full
   * run. Writes nothing but temporary files.
   *
   * @param fraction of the keys, above 0, at most 1
   * @param progress told of every step, a line each
   * @throws UsageException if there is no key to choose by, or none is in the sample
   */
  public Report sample(
      Launcher launcher,
      double fraction,
      int cores,
      OptionalDouble pricePerCoreHour,
      Consumer<String> progress) {
    KeySample keys = keys(fraction);
    Plan plan = checkedPlan(launcher.runner(), cores);
    Plan timed = plan;
    try (Trial trial = Trial.of(this, plan, launcher, cores).orElse(null)) {
      if (trial != null) {
        timed = plan.withEstimate(trial.run(progress));
      }
    }
    Sample sample = new SampleJob(this, plan, fraction, keys).run(launcher);
    return SampleReport.of(this, timed, sample, cores, pricePerCoreHour);
  }

  /**
   * Makes it.
   *
   * @param progress told of every step, a line each
   * @throws NothingToDoException if it is all done
   * @throws BackfillRun.RefusedException if it is not published because of an audit or because the
   *     table moved
   */
  public Report run(Launcher launcher, BackfillOptions options, Consumer<String> progress) {
    long begin = System.nanoTime();
    BackfillOutcome outcome = new BackfillRun(this, launcher, options, progress).run();
    return OutcomeReport.of(this, outcome, Duration.ofNanos(System.nanoTime() - begin));
  }

  /** The same workflow over the same source, of other times into another table. */
  Backfill into(ConnectorUri table, ConnectorUri letters, TimeRange times) {
    return new AutoValue_Backfill(
        workflow(), source(), table, letters, times, chunkRows(), runId());
  }

  private Plan checkedPlan(String runner, int cores) {
    Plan plan = Plan.of(this, runner, cores);
    if (plan.files() == 0) {
      throw NothingToDoException.empty(range());
    }
    return plan;
  }

  BackfillBranch branch() {
    return BackfillBranch.of(
        sink(),
        SinkRequest.of(
            runId(),
            WorkflowTransform.of(workflow(), Optional.of(range())).schema(),
            Optional.of(range()),
            Map.of(
                "workflow", workflow().name(),
                "workflow-version", workflow().version(),
                "source", source().withoutParameters(),
                "source-table", DerivedLake.of(source(), sink()).source(),
                "lookups", lookups())));
  }

  /** What the lookups hold, as a short text; empty if there are none. */
  String lookups() {
    return Lookups.fingerprint(workflow()).orElse("");
  }

  /** Whether the range has all events of a version of the source, and all rows of the table. */
  boolean hasAll(long inputSnapshot) {
    RawScan all = RawScan.of(sourceAt(inputSnapshot), TimeRange.always()).orElseThrow();
    boolean events =
        all.files().stream()
            .allMatch(file -> range().contains(file.first()) && range().contains(file.last()));
    return events
        && table().published(range()).rows() == table().published(TimeRange.always()).rows();
  }

  DerivedTable table() {
    return branch().table();
  }

  /** The current version of the raw table; the range may have nothing in it. */
  RawScan scan() {
    return RawScan.of(source(), range())
        .orElseThrow(
            () -> new NothingToDoException("The raw table " + source() + " has no events yet."));
  }

  RawScan scan(long snapshot) {
    return RawScan.of(sourceAt(snapshot), range()).orElseThrow();
  }

  ConnectorUri sourceAt(long snapshot) {
    return source().withParameter("snapshot", Long.toString(snapshot));
  }

  Aggregation aggregation() {
    return workflow().aggregate().orElseThrow();
  }

  /**
   * @throws UsageException if there is no key to choose by
   */
  KeySample keys(double fraction) {
    try {
      return KeySample.of(aggregation(), workflow().window(), fraction);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--sampleFraction: " + e.getMessage());
    }
  }

  /** The columns that tell rows apart. */
  List<String> rowKey() {
    List<String> key = new ArrayList<>(List.of(Aggregation.WINDOW_START));
    key.addAll(aggregation().by().keySet());
    return key;
  }

  /** There is nothing that a backfill could do, which is no failure. The command exits with 20. */
  public static final class NothingToDoException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NothingToDoException(String message) {
      super(message);
    }

    static NothingToDoException empty(TimeRange range) {
      return new NothingToDoException(
          "The raw table has no event from " + range.start() + " to " + range.end() + ".");
    }
  }
}
