package dev.leat.pipelines.backfill;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a sample found and predicts, for people and for orchestrators. */
final class SampleReport {
  private SampleReport() {}

  static Report of(Backfill backfill, Plan plan, Sample sample, int cores, OptionalDouble price) {
    return new Report(text(plan, sample, cores, price), json(backfill, plan, sample, cores, price));
  }

  private static String text(Plan plan, Sample sample, int cores, OptionalDouble price) {
    SampleTally tally = sample.tally();
    Prediction rows = sample.rows();
    Words words = new Words();
    words.line(
        "sample",
        "%,d keys by a fraction of %s; %,d events of all %,d read; %s",
        tally.keys(),
        sample.fraction(),
        sample.used(),
        sample.read(),
        Words.time(sample.took()));
    words.line("added", "%,d rows", tally.added());
    words.line("removed", "%,d rows", tally.removed());
    words.line("changed", "%,d rows%s", tally.changed(), columns(tally.columns()));
    words.line("unchanged", "%,d rows", tally.unchanged());
    if (sample.deadLetters() > 0) {
      words.line("refused", "%,d events, which would be dead letters", sample.deadLetters());
    }
    words.line(
        "full run",
        "%,.0f rows%s; %,d are published",
        rows.rows(),
        bar(rows),
        plan.published().rows());
    words.line(
        "",
        "%s",
        sample.bytes().isPresent()
            ? String.format(
                Locale.ROOT,
                "%s%s, by the %.1f bytes that a published row has",
                Words.bytes(sample.bytes().getAsDouble()),
                relativeBar(rows),
                (double) plan.published().bytes() / plan.published().rows())
            : "no word on bytes: nothing is published in the same columns");
    words.line(
        "",
        "%s ± %s, by %s",
        Words.time(plan.time()),
        Words.percent(plan.estimate().relativeError()),
        plan.estimate().basis());
    Words.cost(plan.time(), cores, price)
        .ifPresent(cost -> words.line("", "%.4f for %d cores", cost, cores));
    StringBuilder text = new StringBuilder(words.toString());
    for (SampleTally.Example example : tally.examples()) {
      text.append(String.format("  %s%n", line(example)));
    }
    return text.toString();
  }

  private static String bar(Prediction rows) {
    return Double.isInfinite(rows.error())
        ? " (one key says nothing of how far off that is: raise --sampleFraction)"
        : String.format(Locale.ROOT, " ± %,.0f (95%%)", rows.error());
  }

  private static String relativeBar(Prediction rows) {
    return Double.isInfinite(rows.error()) || rows.rows() == 0
        ? ""
        : " ± " + String.format(Locale.ROOT, "%.1f%%", 100 * rows.error() / rows.rows());
  }

  private static String columns(Map<String, Long> columns) {
    return columns.isEmpty()
        ? ""
        : columns.entrySet().stream()
            .map(each -> String.format(Locale.ROOT, "%s in %,d", each.getKey(), each.getValue()))
            .collect(Collectors.joining(", ", ": ", ""));
  }

  private static String line(SampleTally.Example example) {
    String key =
        example.key().entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(" "));
    String changes =
        example.changes().stream()
            .map(each -> each.column() + " " + each.old() + " → " + each.made())
            .collect(Collectors.joining(", "));
    return switch (example.kind()) {
      case ADDED -> "+ " + key;
      case REMOVED -> "- " + key;
      case CHANGED -> "~ " + key + ": " + changes;
    };
  }

  private static ObjectNode json(
      Backfill backfill, Plan plan, Sample sample, int cores, OptionalDouble price) {
    ObjectNode node = PlanReport.json("backfill", backfill, plan, cores, price);
    SampleTally tally = sample.tally();
    ObjectNode told = node.putObject("sample");
    told.put("fraction", sample.fraction())
        .put("keys", tally.keys())
        .put("seconds", sample.took().toMillis() / 1e3)
        .put("read", sample.read())
        .put("used", sample.used())
        .put("dead_letters", sample.deadLetters())
        .put("published_rows", tally.published())
        .put("made_rows", tally.made())
        .put("added", tally.added())
        .put("removed", tally.removed())
        .put("changed", tally.changed())
        .put("unchanged", tally.unchanged());
    ObjectNode columns = told.putObject("changed_columns");
    tally.columns().forEach(columns::put);
    examples(told.putArray("examples"), tally.examples());
    ObjectNode predicted = node.putObject("prediction");
    predicted
        .put("rows", Math.round(sample.rows().rows()))
        .put("rows_error", finite(sample.rows().error()))
        .put("bytes", sample.bytes().isPresent() ? Math.round(sample.bytes().getAsDouble()) : null)
        .put("seconds", plan.time().toMillis() / 1e3)
        .put("seconds_relative_error", plan.estimate().relativeError())
        .put("seconds_by", plan.estimate().basis());
    Words.cost(plan.time(), cores, price).ifPresent(cost -> predicted.put("cost", cost));
    return node;
  }

  private static @Nullable Long finite(double error) {
    return Double.isInfinite(error) ? null : Math.round(error);
  }

  private static void examples(ArrayNode array, List<SampleTally.Example> examples) {
    for (SampleTally.Example example : examples) {
      ObjectNode node = array.addObject();
      node.put("kind", example.kind().name().toLowerCase(Locale.ROOT));
      ObjectNode key = node.putObject("key");
      example.key().forEach(key::put);
      ArrayNode changes = node.putArray("changes");
      example
          .changes()
          .forEach(
              change ->
                  changes
                      .addObject()
                      .put("column", change.column())
                      .put("old", change.old())
                      .put("new", change.made()));
    }
  }
}
