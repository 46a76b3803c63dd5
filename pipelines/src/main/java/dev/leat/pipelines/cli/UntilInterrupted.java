package dev.leat.pipelines.cli;

import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.LiveRun;
import java.io.PrintWriter;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Stays with a live run until Ctrl-C or a termination signal, and stops it then. A second signal
 * ends the process at once.
 */
final class UntilInterrupted implements Attendant {
  private final PrintWriter err;

  UntilInterrupted(PrintWriter err) {
    this.err = err;
  }

  @Override
  public Counts attend(LiveRun run) {
    err.println(
        "leat: running "
            + run.name()
            + run.id().map(id -> ", job " + id).orElse("")
            + "; Ctrl-C stops it");
    // Not a shutdown hook: Flink's own would take the cluster away while the job is still stopping.
    Signal interrupt = new Signal("INT");
    Signal terminate = new Signal("TERM");
    SignalHandler stop =
        signal -> {
          Signal.handle(interrupt, SignalHandler.SIG_DFL);
          Signal.handle(terminate, SignalHandler.SIG_DFL);
          new Thread(run::stop, "leat-stop").start();
        };
    SignalHandler onInterrupt = Signal.handle(interrupt, stop);
    SignalHandler onTerminate = Signal.handle(terminate, stop);
    try {
      return run.await();
    } finally {
      Signal.handle(interrupt, onInterrupt);
      Signal.handle(terminate, onTerminate);
    }
  }
}
