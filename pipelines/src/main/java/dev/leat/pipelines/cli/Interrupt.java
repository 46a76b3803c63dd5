package dev.leat.pipelines.cli;

import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What Ctrl-C and a termination signal do, until it is closed. The first calls the action, in a
 * thread of its own; a second one ends the process at once.
 *
 * <p>Not a shutdown hook: those of Flink would take the cluster away while a job is still stopping.
 */
final class Interrupt implements AutoCloseable {
  private final Signal interrupt = new Signal("INT");
  private final Signal terminate = new Signal("TERM");
  private final SignalHandler onInterrupt;
  private final SignalHandler onTerminate;

  private Interrupt(Runnable action) {
    AtomicBoolean once = new AtomicBoolean();
    SignalHandler handler =
        signal -> {
          if (!once.compareAndSet(false, true)) {
            Runtime.getRuntime().halt(128 + signal.getNumber());
          }
          new Thread(action, "leat-stop").start();
        };
    onInterrupt = Signal.handle(interrupt, handler);
    onTerminate = Signal.handle(terminate, handler);
  }

  static Interrupt calls(Runnable action) {
    return new Interrupt(action);
  }

  @Override
  public void close() {
    Signal.handle(interrupt, onInterrupt);
    Signal.handle(terminate, onTerminate);
  }
}
