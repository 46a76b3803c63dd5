package dev.leat.pipelines.backfill;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import java.util.Locale;
import java.util.OptionalDouble;

/** A plan, for people and for orchestrators. */
final class PlanReport {
  private static final int CHUNKS_SHOWN = 8;

  private PlanReport() {}

  static Report of(Backfill backfill, Plan plan, int cores, OptionalDouble price) {
    return new Report(
        text(backfill, plan, cores, price), json("backfill", backfill, plan, cores, price));
  }

  private static String text(Backfill backfill, Plan plan, int cores, OptionalDouble price) {
    Words words = new Words();
    words.line(
        "workflow", "%s, version %s", backfill.workflow().name(), backfill.workflow().version());
    words.line("range", "%s", Words.times(backfill.range()));
    words.line(
        "reads",
        "%,d raw rows in %,d files, %s, of snapshot %d",
        plan.rows(),
        plan.files(),
        Words.bytes(plan.bytes()),
        plan.snapshot());
    words.line(
        "makes",
        "%,d partitions by %s in %,d %s of about %,d raw rows on branch %s%s",
        plan.partitions().size(),
        plan.partitionedBy(),
        plan.chunks().size(),
        plan.chunks().size() == 1 ? "chunk" : "chunks",
        backfill.chunkRows(),
        plan.branch(),
        plan.made() == 0
            ? ""
            : String.format(Locale.ROOT, ", which has %,d more already", plan.made()));
    if (plan.rowsToRead() != plan.rows() && plan.made() == 0) {
      words.line(
          "",
          "%,d raw rows are read in all, because files lie in several chunks",
          plan.rowsToRead());
    }
    words.line(
        "replaces",
        "%,d rows in %,d files, %s",
        plan.published().rows(),
        plan.published().files(),
        Words.bytes(plan.published().bytes()));
    if (!plan.emptied().isEmpty()) {
      words.line(
          "empties",
          "%,d partitions, the first from %s: they have rows and no raw events",
          plan.emptied().size(),
          plan.emptied().get(0).start());
    }
    words.line(
        "takes",
        "%s ± %s, by %s",
        Words.time(plan.time()),
        Words.percent(plan.estimate().relativeError()),
        plan.estimate().basis());
    OptionalDouble cost = Words.cost(plan.time(), cores, price);
    words.line(
        "costs",
        "%s",
        cost.isPresent()
            ? String.format(
                Locale.ROOT,
                "%.4f for %d cores at %s an hour each",
                cost.getAsDouble(),
                cores,
                price.getAsDouble())
            : "give --pricePerCoreHour to have it told");
    StringBuilder text = new StringBuilder(words.toString());
    int shown = Math.min(CHUNKS_SHOWN, plan.chunks().size());
    for (Chunk chunk : plan.chunks().subList(0, shown)) {
      text.append(
          String.format(
              Locale.ROOT,
              "  chunk  %s  %,d raw rows in %,d files%n",
              Words.times(chunk.range()),
              chunk.rows(),
              chunk.files()));
    }
    if (plan.chunks().size() > shown) {
      text.append(String.format(Locale.ROOT, "  … and %,d more%n", plan.chunks().size() - shown));
    }
    return text.toString();
  }

  static ObjectNode json(
      String command, Backfill backfill, Plan plan, int cores, OptionalDouble price) {
    ObjectNode node = Json.object();
    node.put("command", command)
        .put("workflow", backfill.workflow().name())
        .put("version", backfill.workflow().version())
        .put("event_time_start", backfill.range().start().toString())
        .put("event_time_end", backfill.range().end().toString())
        .put("branch", plan.branch());
    ObjectNode told = node.putObject("plan");
    told.put("input_snapshot", plan.snapshot())
        .put("files", plan.files())
        .put("bytes", plan.bytes())
        .put("rows", plan.rows())
        .put("partitions", plan.partitions().size())
        .put("chunks_made", plan.made())
        .put("rows_to_read", plan.rowsToRead())
        .put("bytes_to_read", plan.bytesToRead())
        .put("published_rows", plan.published().rows())
        .put("published_files", plan.published().files())
        .put("published_bytes", plan.published().bytes())
        .put("emptied_partitions", plan.emptied().size())
        .put("seconds", plan.time().toMillis() / 1e3)
        .put("seconds_relative_error", plan.estimate().relativeError())
        .put("seconds_by", plan.estimate().basis())
        .put("cores", cores);
    Words.cost(plan.time(), cores, price).ifPresent(cost -> told.put("cost", cost));
    ArrayNode chunks = told.putArray("chunks");
    for (Chunk chunk : plan.chunks()) {
      chunks
          .addObject()
          .put("start", chunk.range().start().toString())
          .put("end", chunk.range().end().toString())
          .put("files", chunk.files())
          .put("rows", chunk.rows())
          .put("bytes", chunk.bytes());
    }
    return node;
  }
}
