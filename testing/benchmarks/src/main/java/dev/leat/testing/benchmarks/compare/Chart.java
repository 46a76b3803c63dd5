package dev.leat.testing.benchmarks.compare;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Events a second as bars, in SVG. Its colours follow the reader's light or dark scheme. A bar
 * whose rows are wrong is hollow and says so; one that failed has no bar.
 */
final class Chart {
  private static final int WIDTH = 760;
  private static final int LABELS = 210;
  private static final int VALUES = 190;
  private static final int BAR = 22;
  private static final int STEP = 30;
  private static final int HEAD = 34;
  private static final int GROUP = 30;
  private static final int AXIS = 48;
  private static final int LEAST_TICKS = 3;

  private static final String STYLE =
      """
      <style>
        text { font: 13px system-ui, sans-serif; fill: #24292f; }
        .title { font-weight: 600; }
        .small { font-size: 12px; fill: #57606a; }
        .grid { stroke: #d0d7de; }
        .leat { fill: #0969da; }
        .peer { fill: #8c959f; }
        .wrong { fill: none; stroke: #cf222e; stroke-dasharray: 4 3; }
        .says { fill: #cf222e; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; }
          .small { fill: #9198a1; }
          .grid { stroke: #3d444d; }
          .leat { fill: #4493f8; }
          .peer { fill: #656c76; }
          .wrong { stroke: #f85149; }
          .says { fill: #f85149; }
        }
      </style>
      """;

  private final StringBuilder svg = new StringBuilder();
  private final Run run;
  private final double most;

  private Chart(Run run) {
    this.run = run;
    this.most =
        run.results().stream()
            .map(Result::rate)
            .filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble)
            .max()
            .orElse(1);
  }

  static String of(Run run) {
    return new Chart(run).draw();
  }

  private String draw() {
    int rows = run.results().size() * STEP;
    int groups = run.sizes().size() > 1 ? run.sizes().size() * GROUP : 0;
    int bottom = HEAD + rows + groups;
    String title = run.workload().name() + ": " + run.workload().title();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
            .formatted(WIDTH, bottom + AXIS, escape(title + ", events a second")));
    svg.append(STYLE);
    text(0, 18, "title", "start", title);
    axis(bottom);
    int y = HEAD;
    for (long size : run.sizes()) {
      if (groups > 0) {
        text(0, y + 20, "small", "start", String.format(Locale.ROOT, "%,d events", size));
        y += GROUP;
      }
      for (Result result : run.of(size)) {
        bar(result, y);
        y += STEP;
      }
    }
    return svg.append("</svg>\n").toString();
  }

  private void axis(int bottom) {
    double step = tick(most);
    for (int i = 0; i * step <= most * 1.0001; i++) {
      double x = LABELS + length(i * step);
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>%n",
              x,
              HEAD,
              x,
              bottom));
      text(x, bottom + 16, "small", "middle", Numbers.mark(i * step));
    }
    text(
        LABELS + length(most) / 2,
        bottom + 36,
        "small",
        "middle",
        "events a second %s (more is better)"
            .formatted(
                run.results().stream().allMatch(result -> result.startUps().isEmpty())
                    ? "of whole runs"
                    : "beyond start-up"));
  }

  private void bar(Result result, int y) {
    text(LABELS - 10, y + 16, "", "end", result.contender().label());
    OptionalDouble rate = result.rate();
    double length = length(rate.orElse(0));
    String kind = result.contender().name().startsWith("leat") ? "leat" : "peer";
    if (rate.isPresent()) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
              result.isRight() ? kind : "wrong",
              LABELS,
              y,
              Math.max(1, length),
              BAR));
    }
    text(
        LABELS + length + 8,
        y + 16,
        result.isRight() ? "" : "says",
        "start",
        result.isRight() ? Numbers.rate(rate) : result.verdict());
  }

  private double length(double rate) {
    return rate / most * (WIDTH - LABELS - VALUES);
  }

  /** A round distance between lines, of which there are three to seven. */
  static double tick(double most) {
    double power = Math.pow(10, Math.floor(Math.log10(most)));
    for (double step : List.of(2 * power, power, power / 2, power / 5)) {
      if (most / step >= LEAST_TICKS) {
        return step;
      }
    }
    return power / 5;
  }

  private void text(double x, int y, String style, String anchor, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text%s x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>%n",
            style.isEmpty() ? "" : " class=\"" + style + "\"",
            x,
            y,
            anchor,
            escape(text)));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
