package dev.leat.pipelines.cli;

import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.LiveRun;
import java.io.PrintWriter;
import java.util.Optional;

/** Stays with a live run until Ctrl-C or a termination signal, and stops it then. */
final class UntilInterrupted implements Attendant {
  private final PrintWriter err;

  UntilInterrupted(PrintWriter err) {
    this.err = err;
  }

  @Override
  public Optional<Counts> attend(LiveRun run) {
    err.println(
        "leat: running "
            + run.name()
            + run.id().map(id -> ", job " + id).orElse("")
            + "; Ctrl-C stops it");
    try (Interrupt unused = Interrupt.calls(run::stop)) {
      return Optional.of(run.await());
    }
  }
}
