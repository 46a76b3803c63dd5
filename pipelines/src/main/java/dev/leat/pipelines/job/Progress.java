package dev.leat.pipelines.job;

import dev.leat.health.Counters;
import java.io.PrintStream;
import java.util.Locale;

/** One line on a terminal that says how a job goes on; nothing where there is no terminal. */
public final class Progress {
  private static final String ERASE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final String label;
  private final long startNanos = System.nanoTime();
  private boolean shown;

  private Progress(PrintStream out, boolean terminal, String label) {
    this.out = out;
    this.terminal = terminal;
    this.label = label;
  }

  /**
   * @param label what is being done, for example {@code Ingesting}
   */
  public static Progress onTerminal(PrintStream out, boolean terminal, String label) {
    return new Progress(out, terminal, label);
  }

  public static Progress silent() {
    return new Progress(System.err, false, "");
  }

  void show(Counts counts) {
    if (!terminal) {
      return;
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    long read = counts.of(Counters.READ);
    String rate =
        read == 0 ? "" : String.format(Locale.ROOT, "  %,d records  %,.0f/s", read, read / seconds);
    out.printf(Locale.ROOT, "%s%s… %.0f s%s", ERASE, label, seconds, rate);
    out.flush();
    shown = true;
  }

  void clear() {
    if (shown) {
      out.print(ERASE);
      out.flush();
    }
  }
}
