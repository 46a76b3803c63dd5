package dev.leat.pipelines.job;

import dev.leat.health.Counters;
import java.io.PrintWriter;
import java.util.Locale;

/** One line on a terminal that says how a job goes on; nothing where there is no terminal. */
public final class Progress {
  private static final String ERASE = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private final String label;
  private final long startNanos = System.nanoTime();
  private boolean shown;

  /**
   * @param terminal whether {@code out} is one; if not, nothing is shown
   * @param label what is being done, for example {@code Ingesting}
   */
  public Progress(PrintWriter out, boolean terminal, String label) {
    this.out = out;
    this.terminal = terminal;
    this.label = label;
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
