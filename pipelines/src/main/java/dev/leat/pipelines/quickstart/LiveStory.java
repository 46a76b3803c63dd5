package dev.leat.pipelines.quickstart;

import dev.leat.pipelines.job.TextTable;
import dev.leat.pipelines.quickstart.LiveQuickstart.Moment;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows a live quickstart while it goes on, and tells the ledger at its end. */
public final class LiveStory implements LiveQuickstart.View {
  private static final int SHOWN_HOURS = 12;
  private static final int MOMENTS_BETWEEN_LINES = 5;

  private final PrintWriter err;
  private final boolean terminal;
  private int linesShown;
  private int moments;

  /**
   * @param err where it is shown
   * @param terminal whether lines can be written over; if not, there is a line now and then
   */
  public LiveStory(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  @Override
  public void show(Moment moment) {
    if (!terminal) {
      if (moments++ % MOMENTS_BETWEEN_LINES == 0) {
        err.println(progress(moment));
        err.flush();
      }
      return;
    }
    String text = progress(moment) + System.lineSeparator() + newest(moment);
    if (linesShown > 0) {
      // Back to the first line, and away with what is below.
      err.print("\u001b[" + linesShown + "A\u001b[J");
    }
    err.print(text);
    err.flush();
    linesShown = (int) text.lines().count();
  }

  /** What came of it. */
  public void tell(LiveQuickstart quickstart, Moment last, PrintWriter out) {
    if (!terminal) {
      out.print(newest(last));
    }
    line(out, "");
    line(
        out,
        "Ledger     %,d sent = %,d stored + %,d dead letters",
        last.sent(),
        last.stored(),
        last.deadLetters());
    line(
        out,
        "           %,d stored = %,d used + %,d repeats + %,d too late",
        last.stored(),
        last.used(),
        last.repeats(),
        last.late());
    line(
        out,
        "           %s",
        last.balances() ? "It balances." : "IT DOES NOT BALANCE: this is a defect in Leat.");
    line(out, "");
    line(out, "Look at    %s   the raw events", quickstart.rawTable());
    line(out, "           %s   the hourly table", quickstart.table());
    line(out, "           %s_late   the hours that too late events belong to", quickstart.table());
    line(out, "Try next   ./leat table history %s", quickstart.table());
    line(
        out,
        "           ./leat run examples/flights/delays-live.yaml --source=%s --sink=stdout: | head",
        quickstart.rawTable());
    line(out, "           (the same table from the lake, with the late ones in it)");
  }

  private static String progress(Moment moment) {
    return String.format(
        Locale.ROOT,
        "%,d of %,d sent   lake: %,d events, %,d dead letters   table: %,d hours of %,d flights,"
            + " %,d repeats dropped, %,d too late",
        moment.sent(),
        moment.ofAll(),
        moment.stored(),
        moment.deadLetters(),
        moment.rows().size(),
        moment.used(),
        moment.repeats(),
        moment.late());
  }

  private static String newest(Moment moment) {
    TextTable table =
        new TextTable(
            "hour", "flights", "delayed", "avg_delay", "p95_delay", "max_delay", "airports");
    List<Map<String, @Nullable Object>> rows =
        moment.rows().stream()
            .sorted(Comparator.comparing(row -> String.valueOf(row.get("window_start"))))
            .toList();
    rows.stream()
        .skip(Math.max(0, rows.size() - SHOWN_HOURS))
        .forEach(
            row ->
                table.add(
                    String.valueOf(row.get("window_start")).replace('T', ' ').substring(0, 16),
                    number(row.get("flights"), 0),
                    number(row.get("delayed"), 0),
                    number(row.get("avg_delay"), 1),
                    number(row.get("p95_delay"), 1),
                    number(row.get("max_delay"), 0),
                    number(row.get("airports"), 0)));
    return table.toString();
  }

  private static String number(@Nullable Object value, int digits) {
    return value == null
        ? ""
        : new BigDecimal(value.toString()).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static void line(PrintWriter out, String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
