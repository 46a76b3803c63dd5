package dev.leat.pipelines.run;

import com.google.common.collect.ImmutableMap;
import dev.leat.io.lake.DerivedLake;
import dev.leat.io.lake.Increment;
import dev.leat.io.lake.SourceBookmark;
import dev.leat.io.spi.ReadSize;
import dev.leat.io.spi.SinkRequest.Unmoved;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Summary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings a table of the lake to what a run over all events of its source, a raw table or one of
 * another workflow's rows, would make of it, by making anew only the partitions that events were
 * added to since the bookmark. Rows and bookmark are one commit, which holds only if the bookmark
 * is still the one that was planned with: of two runs at once the slower one publishes nothing and
 * plans again.
 */
record IncrementalRun(RunJob job) {
  private static final int MAX_ATTEMPTS = 20;
  private static final String SOURCE_TABLE = "source-table";
  private static final String LOOKUPS = "lookups";

  /** A part of the work that was found, with what it reads. */
  private record Plan(Source from, Extent extent, Increment increment, String before) {}

  /**
   * What a run over all events must remember so that an incremental one can go on from it; empty if
   * there are no events.
   */
  Optional<Map<String, String>> ofWhole(Source from) {
    return from.version()
        .map(Long::parseLong)
        .map(version -> remembered(lake().propertiesOfWhole(version)));
  }

  /**
   * @return what was done; empty if there was nothing new
   * @throws UsageException if the job cannot be run so, or the table is made of another source, or
   *     by another version
   */
  Optional<Summary> run(Launcher launcher) {
    refuseUnfit();
    job.refuseItsOwnTable();
    Lookups.check(job.workflow());
    for (int number = 1; number <= MAX_ATTEMPTS; number++) {
      RunJob attempt = number == 1 ? job : job.withRunId(job.runId() + "-" + number);
      Optional<Plan> plan = plan();
      if (plan.isEmpty()) {
        return Optional.empty();
      }
      Optional<Summary.Builder> done =
          attempt.runToTheEnd(plan.get().from(), plan.get().extent(), launcher);
      if (done.isPresent()) {
        return Optional.of(tell(plan.get(), done.get()));
      }
    }
    throw new IllegalStateException(
        job.sink()
            + ": other runs were faster "
            + MAX_ATTEMPTS
            + " times; nothing is lost, run it again");
  }

  private DerivedLake lake() {
    return DerivedLake.of(job.source(), job.sink(), job.workflow().mapping());
  }

  private void refuseUnfit() {
    List<String> problems = new ArrayList<>();
    if (!job.source().scheme().equals("lake")) {
      problems.add(
          "--source: expected a table of the lake with --incremental, such as"
              + " lake:///warehouse/raw.events, got '"
              + job.source()
              + "'");
    }
    if (!job.sink().scheme().equals("lake")) {
      problems.add(
          "--sink: expected a table of the lake with --incremental, such as"
              + " lake:///warehouse/table, got '"
              + job.sink()
              + "'");
    }
    job.deadLetters()
        .filter(letters -> !letters.scheme().equals("lake") && problems.isEmpty())
        .ifPresent(
            letters ->
                problems.add(
                    "--deadLetters: expected a table of the lake with --incremental, to which rows"
                        + " can be added, got '"
                        + letters
                        + "'"));
    if (job.eventTime().isPresent()) {
      problems.add(
          "--eventTimeStart, --eventTimeEnd: expected neither with --incremental, which finds"
              + " itself what to recompute");
    }
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
  }

  private Optional<Plan> plan() {
    Optional<SourceBookmark> bookmark = lake().bookmark();
    return bookmark.isPresent() ? since(bookmark.get()) : everything();
  }

  private Optional<Plan> everything() {
    SourceRequest request = Events.request(job.workflow());
    Source from = Events.open(job.source(), request);
    return from.version()
        .map(Long::parseLong)
        .map(
            version ->
                new Plan(
                    from,
                    extent(Optional.empty(), lake().propertiesOfWhole(version), null),
                    new Increment(version, 0, 0, Optional.empty(), 0, Optional.empty()),
                    "nothing"));
  }

  private Optional<Plan> since(SourceBookmark bookmark) {
    refuseOther(bookmark);
    Increment increment = lake().plan(bookmark, job.workflow().window());
    if (increment.isEmpty()) {
      return Optional.empty();
    }
    SourceRequest request = Events.request(job.workflow());
    Optional<Increment.Part> part = increment.recomputed();
    if (part.isPresent()) {
      request = request.withEventTime(new Quality(job.workflow()).read(part.get()));
    }
    return Optional.of(
        new Plan(
            Events.open(
                job.source().withParameter("snapshot", Long.toString(increment.to())), request),
            extent(part, increment.properties(), bookmark.runId()),
            increment,
            Long.toString(bookmark.sourceVersion())));
  }

  private Extent extent(
      Optional<Increment.Part> part, Map<String, String> properties, @Nullable String byRun) {
    return new Extent(
        Optional.empty(),
        part,
        ImmutableMap.copyOf(remembered(properties)),
        Optional.of(new Unmoved(SourceBookmark.PROPERTY, byRun)));
  }

  /** A table must be made by one workflow, of one source, with the same lookups throughout. */
  private void refuseOther(SourceBookmark bookmark) {
    String table = RunJob.addressOf(job.sink());
    String whole = "; run it without --incremental once, which recomputes everything";
    List<String> problems = new ArrayList<>();
    String source = bookmark.property(SOURCE_TABLE).orElse("");
    if (!source.equals(lake().source())) {
      problems.add(table + ": is made of " + source + ", got " + lake().source() + whole);
    }
    String version = bookmark.property("workflow-version").orElse("");
    if (!version.equals(job.workflow().version())) {
      problems.add(
          table
              + ": was made by version "
              + version
              + " of the workflow, and this is version "
              + job.workflow().version()
              + ", whose rows would stand beside the old ones"
              + whole
              + ", or see first with leat backfill what changes");
    }
    lake()
        .backfilledSince(bookmark)
        .filter(made -> !made.equals(job.workflow().version()))
        .ifPresent(
            made ->
                problems.add(
                    table
                        + ": a backfill made a part of it by version "
                        + made
                        + " of the workflow since, and this is version "
                        + job.workflow().version()
                        + whole
                        + ", or backfill the rest of history by "
                        + made));
    String lookups = bookmark.property(LOOKUPS).orElse("");
    if (!lookups.equals(Lookups.fingerprint(job.workflow()).orElse(""))) {
      problems.add(
          table + ": the lookups of the workflow hold other rows than when it was made" + whole);
    }
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
  }

  private Map<String, String> remembered(Map<String, String> bookmark) {
    Map<String, String> all = new LinkedHashMap<>(bookmark);
    all.put("input-snapshot", bookmark.getOrDefault(SourceBookmark.PROPERTY, ""));
    all.put(SOURCE_TABLE, lake().source());
    Lookups.fingerprint(job.workflow()).ifPresent(lookups -> all.put(LOOKUPS, lookups));
    return all;
  }

  private static Summary tell(Plan plan, Summary.Builder summary) {
    Increment increment = plan.increment();
    long bytes = plan.from().size().map(ReadSize::bytes).orElse(0L) + increment.bytesLookedAt();
    summary
        .fact("from_version", plan.before())
        .fact("to_version", Long.toString(increment.to()))
        .fact("recomputed", increment.recomputed().map(IncrementalRun::text).orElse("everything"))
        .countIfAny("new_files", increment.newFiles())
        .countIfAny("late_windows", increment.lateWindows());
    increment
        .recomputed()
        .ifPresent(
            part ->
                summary
                    .count("partitions", part.partitions())
                    .countIfAny("expired_partitions", part.expiredPartitions()));
    return summary.count("bytes_read", bytes).build();
  }

  private static String text(Increment.Part part) {
    TimeRange hull = part.windowStarts().hull();
    return "%d partition%s from %s to %s"
        .formatted(part.partitions(), part.partitions() == 1 ? "" : "s", hull.start(), hull.end());
  }
}
