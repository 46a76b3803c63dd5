package dev.leat.testing.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The page on which results are published. Each workload has a section between two comments, which
 * a run replaces; the rest of the page is written by people and stays. The chart lies beside the
 * page.
 */
public final class Page {
  private static final List<String> COLUMNS =
      List.of("", "events/s", "Leat is", "whole run, s", "Leat is, by whole runs", "start-up, s");

  private final Path file;

  public Page(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** Writes the section of a workload, and its chart. */
  public void publish(Run run) throws IOException {
    String name = run.workload().name().toLowerCase(Locale.ROOT);
    String stem = file.getFileName().toString().replaceFirst("\\.md$", "");
    Path chart = file.resolveSibling(stem + "-" + name + ".svg");
    Files.createDirectories(file.getParent());
    Files.writeString(chart, Chart.of(run));
    String before = Files.exists(file) ? Files.readString(file) : "# Benchmarks\n";
    Files.writeString(file, replace(before, name, section(run, chart.getFileName().toString())));
  }

  /** The page with another section; one that is not there yet comes last. */
  static String replace(String page, String name, String section) {
    String begin = "<!-- " + name + " -->";
    String end = "<!-- /" + name + " -->";
    String marked = begin + "\n" + section + end + "\n";
    int from = page.indexOf(begin);
    int to = page.indexOf(end);
    if (from < 0 || to < from) {
      return page + "\n" + marked;
    }
    return page.substring(0, from)
        + marked
        + page.substring(to + end.length()).replaceFirst("^\n", "");
  }

  static String section(Run run, String chart) {
    StringBuilder text = new StringBuilder();
    Workload workload = run.workload();
    text.append("## %s: %s\n\n".formatted(workload.name(), workload.title()));
    text.append(workload.description()).append("\n\n");
    text.append("![%s](%s)\n".formatted(workload.title() + ", events a second", chart));
    for (long size : run.sizes()) {
      text.append(String.format(Locale.ROOT, "%n**%,d events**%n%n", size));
      text.append(table(run.of(size)));
    }
    text.append('\n');
    for (Contender contender :
        run.of(run.sizes().get(0)).stream().map(Result::contender).toList()) {
      text.append("- *%s*: %s.\n".formatted(contender.label(), contender.how()));
    }
    text.append(
        "\n%s; %s. %s A heap of %s each. %s\n"
            .formatted(
                run.machine(),
                run.date(),
                run.repetitions() == 1
                    ? "One run each."
                    : "Medians of %d runs, in brackets the least and the most."
                        .formatted(run.repetitions()),
                run.heap(),
                String.join(" ", run.notes())));
    return text.toString();
  }

  /** For the page, and for the terminal. */
  public static String table(List<Result> results) {
    Optional<Result> leat =
        results.stream().filter(result -> result.contender().name().equals("leat")).findFirst();
    List<String> figures =
        results.stream().flatMap(result -> result.figures().keySet().stream()).distinct().toList();
    StringBuilder table = new StringBuilder(row(COLUMNS, figures, "rows"));
    table.append("|---|--:|--:|--:|--:|--:|" + "--:|".repeat(figures.size()) + "---|\n");
    for (Result result : results) {
      List<String> cells =
          List.of(
              result.contender().label(),
              rate(result),
              leat.map(l -> ratio(l, result, Result::rate)).orElse(Numbers.NONE),
              result.hasFailed() ? Numbers.NONE : times(result.seconds()),
              leat.map(l -> ratio(l, result, Page::perSecond)).orElse(Numbers.NONE),
              result.hasFailed()
                  ? Numbers.NONE
                  : result.startUp().map(Page::times).orElse(Numbers.NONE));
      Map<String, Double> found = result.figures();
      List<String> more = figures.stream().map(name -> Numbers.figure(found.get(name))).toList();
      table.append(row(cells, more, result.verdict()));
    }
    return table.toString();
  }

  private static String row(List<String> cells, List<String> figures, String verdict) {
    List<String> all = new ArrayList<>(cells);
    all.addAll(figures);
    all.add(verdict);
    return "| " + String.join(" | ", all).stripLeading() + " |\n";
  }

  private static String rate(Result result) {
    String rate = Numbers.rate(result.rate());
    return result.isRight() || result.hasFailed() ? rate : rate + " *wrong*";
  }

  /** Whole runs. */
  private static OptionalDouble perSecond(Result result) {
    return result.hasFailed()
        ? OptionalDouble.empty()
        : OptionalDouble.of(1 / result.seconds().median());
  }

  private static String ratio(
      Result leat, Result other, Function<Result, OptionalDouble> perSecond) {
    OptionalDouble mine = perSecond.apply(leat);
    OptionalDouble theirs = perSecond.apply(other);
    boolean comparable = leat != other && leat.isRight() && other.isRight();
    return comparable && mine.isPresent() && theirs.isPresent()
        ? Numbers.times(mine.getAsDouble() / theirs.getAsDouble())
        : Numbers.NONE;
  }

  private static String times(Statistics seconds) {
    return "%s (%s–%s)"
        .formatted(
            Numbers.seconds(seconds.median()),
            Numbers.seconds(seconds.least()),
            Numbers.seconds(seconds.most()));
  }
}
