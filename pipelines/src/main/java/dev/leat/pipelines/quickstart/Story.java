package dev.leat.pipelines.quickstart;

import dev.leat.pipelines.job.TextTable;
import dev.leat.pipelines.quickstart.Quickstart.Result;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells a person what a quickstart did, and what to try next. */
public final class Story {
  private static final int SHOWN_ROWS = 10;

  private final Quickstart quickstart;
  private final Result result;
  private final PrintWriter out;
  private final long seed;

  public Story(Quickstart quickstart, Result result, long seed, PrintWriter out) {
    this.quickstart = quickstart;
    this.result = result;
    this.seed = seed;
    this.out = out;
  }

  public void tell() {
    Delivery delivery = result.delivery();
    line(
        "Delivered  %,d flights of 2001 in %d files, as the world does it: lines in no order, %,d a",
        delivery.events(), delivery.files(), delivery.late());
    line(
        "           week late, %,d sent twice, %d broken (seed %d).",
        delivery.repeats(), delivery.poison(), seed);
    line("Ingested   them into a raw lake of Parquet files, with the broken lines beside it.");
    line(
        "Ran        %s over the lake: repeats dropped, airports added,",
        shortened(quickstart.workflowFile()));
    line("           delays by day and state.");
    line("");
    rows();
    line("");
    ledger();
    line("");
    places();
  }

  private void rows() {
    TextTable table =
        new TextTable(
            "day",
            "state",
            "flights",
            "delayed",
            "avg_delay",
            "p95_delay",
            "max_delay",
            "airports");
    result.rows().stream().limit(SHOWN_ROWS).forEach(row -> table.add(cells(row)));
    out.print(table);
    line("  … %,d rows in all", result.rows().size());
  }

  private static String[] cells(Map<String, @Nullable Object> row) {
    return new String[] {
      String.valueOf(row.get("window_start")).substring(0, 10),
      String.valueOf(row.get("state")),
      number(row.get("flights"), 0),
      number(row.get("delayed"), 0),
      number(row.get("avg_delay"), 1),
      number(row.get("p95_delay"), 1),
      number(row.get("max_delay"), 0),
      number(row.get("airports"), 0)
    };
  }

  private static String number(@Nullable Object value, int digits) {
    return value == null
        ? ""
        : new BigDecimal(value.toString()).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
  }

  private void ledger() {
    line(
        "Ledger     %,d read = %,d stored + %,d dead letters",
        result.read(), result.stored(), result.deadLetters());
    line(
        "           %,d stored = %,d used + %,d repeats + %,d too late",
        result.stored(), result.used(), result.repeats(), result.late());
    line(
        "           %s",
        result.balances() ? "It balances." : "IT DOES NOT BALANCE: this is a defect in Leat.");
  }

  private void places() {
    Path folder = quickstart.folder();
    line("Look at    %s   what was delivered", folder.resolve("drop"));
    line(
        "           %s   raw events, dead letters and the table: Parquet, in Iceberg tables",
        folder.resolve("lake"));
    String workflow = quoted(shortened(quickstart.workflowFile()));
    String raw = quoted(quickstart.rawTable());
    line("Try next   ./leat table history %s", quoted(quickstart.resultTable()));
    line("           ./leat run %s --source=%s --sink=stdout: | head", workflow, raw);
    line(
        "           ./leat ingest %s --source=%s --sink=%s",
        workflow, quoted(quickstart.source()), raw);
    line("           (nothing new: exit code 20)");
  }

  /** As a shell takes it for one word. */
  private static String quoted(Object word) {
    String text = word.toString();
    return text.matches("[A-Za-z0-9_./:-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** Relative to where the person stands, if it is below. */
  private static Path shortened(Path path) {
    Path here = Path.of("").toAbsolutePath();
    Path absolute = path.toAbsolutePath().normalize();
    return absolute.startsWith(here) ? here.relativize(absolute) : absolute;
  }

  private void line(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
