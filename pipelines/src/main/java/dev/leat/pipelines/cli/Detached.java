package dev.leat.pipelines.cli;

import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.LiveRun;
import java.io.PrintWriter;
import java.util.Optional;

/** Leaves a live run to its cluster as soon as that has it. */
final class Detached implements Attendant {
  private final PrintWriter err;

  Detached(PrintWriter err) {
    this.err = err;
  }

  @Override
  public Optional<Counts> attend(LiveRun run) {
    err.println(
        "leat: submitted "
            + run.name()
            + run.id().map(id -> ", job " + id).orElse("")
            + "; leat job lists, stops and cancels it");
    return Optional.empty();
  }
}
