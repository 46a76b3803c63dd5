package dev.leat.pipelines.backfill;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Sales of some shops over the first days of 2026, seeded, in a raw table, and a workflow in two
 * versions: the wrong one leaves out sales of 10 or less.
 */
final class Shop {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final String[] RANGE = {"--eventTimeStart=2026-01-02", "--eventTimeEnd=2026-01-04"};

  private static final String WORKFLOW =
      """
      name: totals
      events: {format: jsonl, type: sale, id: /id, time: /time, tenant: /shop}
      lake: {partition: [date]}
      %s
      deduplicate: {by: id, horizon: 1d}
      window: {fixed: 1h}
      aggregate: {by: [/shop], measures: {sales: count, total: sum(/x)}}
      %s
      """;

  private final Path root;
  final Path wrong;
  final Path right;
  private int drops;

  Shop(Path root) throws IOException {
    this.root = root;
    wrong = workflow("wrong", "filter: \"data.x > 10\"", "");
    right = workflow("right", "", "");
  }

  /** A workflow with a filter, and with rules of quality. */
  Path workflow(String file, String filter, String quality) throws IOException {
    return Files.writeString(root.resolve(file + ".yaml"), WORKFLOW.formatted(filter, quality));
  }

  String raw() {
    return "lake://" + root + "/lake/raw";
  }

  String table() {
    return "lake://" + root + "/lake/totals";
  }

  /** Sales from a day on, seeded: of each shop some in some hours. */
  List<String> sales(int firstDay, int days, int shops, int count, long seed) {
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Instant time = START.plusSeconds(86400L * (firstDay - 1) + random.nextInt(86400 * days));
      lines.add(
          "{\"id\":\"%d-%d\",\"time\":\"%s\",\"shop\":\"s%d\",\"x\":%d}"
              .formatted(seed, i, time, random.nextInt(shops), 1 + random.nextInt(40)));
    }
    return lines;
  }

  Shop ingest(List<String> lines) throws IOException {
    Path drop = Files.write(root.resolve("drop-" + drops++ + ".jsonl"), lines);
    Ran ran = leat("ingest", right, "--source=" + drop, "--sink=" + raw());
    assertThat(ran.err(), ran.code(), is(0));
    return this;
  }

  Shop publishWrong() {
    Ran ran = leat("run", wrong, "--source=" + raw(), "--sink=" + table());
    assertThat(ran.err(), ran.code(), is(0));
    return this;
  }

  /** What a workflow makes of the raw table as it is now, all of it. */
  List<Map<String, String>> rebuilt(Path workflow) {
    String other = "lake://" + root + "/lake/rebuilt";
    Ran ran = leat("run", workflow, "--source=" + raw(), "--sink=" + other);
    assertThat(ran.err(), ran.code(), is(0));
    return Rows.ofLake(other);
  }

  List<Map<String, String>> rows() {
    return Rows.ofLake(table());
  }

  /** Only the rows whose windows start on these days of January. */
  static List<Map<String, String>> on(List<Map<String, String>> rows, int... days) {
    return rows.stream()
        .filter(
            row -> {
              int day = Integer.parseInt(row.get("window_start").substring(8, 10));
              for (int each : days) {
                if (each == day) {
                  return true;
                }
              }
              return false;
            })
        .toList();
  }

  Ran backfill(Path workflow, Object... more) {
    List<Object> words = new ArrayList<>(List.of("backfill", workflow));
    words.add("--source=" + raw());
    words.add("--sink=" + table());
    words.addAll(List.of(RANGE));
    words.addAll(List.of(more));
    return leat(words.toArray());
  }
}
