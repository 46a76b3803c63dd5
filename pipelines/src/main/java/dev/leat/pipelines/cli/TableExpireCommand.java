package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.io.lake.ExpiredData;
import dev.leat.io.lake.ExpiredVersions;
import dev.leat.io.lake.TableExpiry;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Durations;
import dev.leat.io.spi.UsageException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat table expire}. */
@Command(
    name = "expire",
    description = {
      "Removes what of a table is too old: its data, by whole partitions, or its earlier versions.",
      "Files are deleted when no version has them any more, so data that is to be gone from the"
          + " disk needs both. Exit code 20 if nothing is so old."
    },
    footer = {
      "",
      "Example:",
      "  leat table expire lake:///warehouse/raw.flights --eventsOlderThan=400d"
          + " --versionsOlderThan=7d --dryRun"
    })
final class TableExpireCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "URI",
      description =
          "The table, such as lake:///warehouse/raw.flights. Its dead letters are another.")
  private String table = "";

  @Option(
      names = "--versionsOlderThan",
      paramLabel = "DURATION",
      description =
          "Forgets the versions that readers have not seen for so long, 1h or more, above the"
              + " longest run that reads the table. The current one, tags, branches and the"
              + " bookmarks of ingests stay.")
  private @Nullable String versionsOlderThan;

  @Option(
      names = "--eventsOlderThan",
      paramLabel = "DURATION",
      description =
          "Removes the partitions that lie wholly before that: of a raw table by event time, of a"
              + " derived one by the windows' start, of dead letters by the time of ingest.")
  private @Nullable String eventsOlderThan;

  @Option(names = "--olderThan", hidden = true)
  private @Nullable String olderThan;

  @Option(names = "--dryRun", description = "Only counts.")
  private boolean dryRun;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    ConnectorUri uri = ConnectorUri.parse(table);
    if (olderThan != null || (versionsOlderThan == null && eventsOlderThan == null)) {
      throw new UsageException(
          "expected --versionsOlderThan=DURATION, --eventsOlderThan=DURATION or both: what was"
              + " committed long ago and what happened long ago are not the same");
    }
    Optional<Duration> events = duration("--eventsOlderThan", eventsOlderThan);
    Optional<Duration> versions = duration("--versionsOlderThan", versionsOlderThan);
    // The data first: its version is then the one that stays.
    Optional<ExpiredData> data =
        events.map(
            age -> dryRun ? TableExpiry.findData(uri, age) : TableExpiry.expireData(uri, age));
    Optional<ExpiredVersions> old =
        versions.map(
            age ->
                dryRun ? TableExpiry.findVersions(uri, age) : TableExpiry.expireVersions(uri, age));
    tell(uri, data, old);
    boolean any =
        data.filter(each -> each.files() > 0).isPresent()
            || old.filter(each -> each.versions() > 0).isPresent();
    return any ? ExitCode.DONE : ExitCode.NOTHING_TO_DO;
  }

  private void tell(
      ConnectorUri uri, Optional<ExpiredData> data, Optional<ExpiredVersions> versions) {
    if (output.isJson()) {
      ObjectNode node =
          Json.object()
              .put("command", "table expire")
              .put("table", uri.toString())
              .put("dry_run", dryRun);
      data.ifPresent(
          each ->
              node.putObject("events")
                  .put("before", each.before().toString())
                  .put("partitions", each.partitions())
                  .put("files", each.files())
                  .put("rows", each.rows())
                  .put("bytes", each.bytes()));
      versions.ifPresent(
          each ->
              node.putObject("versions")
                  .put("expired", each.versions())
                  .put("kept", each.kept())
                  .put("kept_for_bookmarks", each.keptForBookmarks())
                  .put("files", each.files())
                  .put("bytes", each.bytes()));
      output.tell(node);
      return;
    }
    data.ifPresent(
        each ->
            output
                .out()
                .printf(
                    Locale.ROOT,
                    "%s %,d %s before %s: %,d rows, %,d files of %,d bytes.%n",
                    dryRun ? "Would remove" : "Removed",
                    each.partitions(),
                    each.partitions() == 1 ? "partition" : "partitions",
                    each.before(),
                    each.rows(),
                    each.files(),
                    each.bytes()));
    versions.ifPresent(
        each ->
            output
                .out()
                .printf(
                    Locale.ROOT,
                    "%s %,d %s with %,d files of %,d bytes; %,d stay%s.%n",
                    dryRun ? "Would forget" : "Forgot",
                    each.versions(),
                    each.versions() == 1 ? "version" : "versions",
                    each.files(),
                    each.bytes(),
                    each.kept(),
                    each.keptForBookmarks() == 0
                        ? ""
                        : String.format(
                            Locale.ROOT, ", %,d for a bookmark", each.keptForBookmarks())));
  }

  private static Optional<Duration> duration(String option, @Nullable String text) {
    return Optional.ofNullable(text)
        .map(
            given ->
                Durations.option(
                    option, given, Duration.ofHours(1), Duration.ofDays(36500), "1h or more"));
  }
}
