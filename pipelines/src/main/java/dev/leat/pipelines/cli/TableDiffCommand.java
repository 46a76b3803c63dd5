package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.io.lake.TableDiff;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat table diff}. */
@Command(
    name = "diff",
    description = {
      "Compares two versions of a table: how many rows were added, removed and changed, with"
          + " examples.",
      "Only the files that one of them has are read."
    },
    footer = {"", "Example:", "  leat table diff lake:///warehouse/delays before-fix main"})
final class TableDiffCommand implements Callable<Integer> {
  private static final int MOST_EXAMPLES = 1000;

  @Parameters(
      index = "0",
      paramLabel = "URI",
      description = "The table, such as lake:///warehouse/delays.")
  private String table = "";

  @Parameters(
      index = "1",
      paramLabel = "A",
      description = "The first version: a snapshot's id, a tag, a branch or a time.")
  private String from = "";

  @Parameters(index = "2", paramLabel = "B", description = "The second version; main is current.")
  private String to = "";

  @Option(
      names = "--key",
      paramLabel = "COLUMN",
      split = ",",
      description =
          "The columns that tell a row from others. Default: the windows and groups of the workflow"
              + " that wrote the table; of a raw table, whole rows.")
  private List<String> key = new ArrayList<>();

  @Option(
      names = "--examples",
      paramLabel = "NUMBER",
      defaultValue = "3",
      description = "How many of each kind, 0 to 1000. Default: 3.")
  private int examples = 3;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    if (examples < 0 || examples > MOST_EXAMPLES) {
      throw new UsageException("--examples: expected 0 to 1000, got " + examples);
    }
    ConnectorUri uri = ConnectorUri.parse(table);
    TableDiff diff = TableDiff.between(uri, from, to, key, examples);
    if (output.isJson()) {
      output.tell(json(uri, diff));
    } else {
      output.out().print(text(diff));
    }
    return ExitCode.DONE;
  }

  private static String text(TableDiff diff) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d → %d: %,d added, %,d removed, %,d changed%s; read %,d files of %,d partitions.%n",
            diff.from(),
            diff.to(),
            diff.added(),
            diff.removed(),
            diff.changed(),
            diff.key().isEmpty() ? " (whole rows)" : " by " + String.join(", ", diff.key()),
            diff.files(),
            diff.partitions()));
    for (TableDiff.Example example : diff.examples()) {
      example.before().ifPresent(row -> text.append("  - ").append(line(row, example, diff)));
      example.after().ifPresent(row -> text.append("  + ").append(line(row, example, diff)));
    }
    return text.toString();
  }

  /** Of a row that changed, its key and what changed; of others all. */
  private static String line(
      Map<String, @Nullable Object> row, TableDiff.Example example, TableDiff diff) {
    boolean isChanged = example.before().isPresent() && example.after().isPresent();
    List<String> values = new ArrayList<>();
    row.forEach(
        (name, value) -> {
          if (!isChanged
              || diff.key().contains(name)
              || !Objects.equals(
                  example.before().get().get(name), example.after().get().get(name))) {
            values.add(name + "=" + StoredValues.text(value));
          }
        });
    return String.join("  ", values) + System.lineSeparator();
  }

  private static ObjectNode json(ConnectorUri uri, TableDiff diff) {
    ObjectNode node =
        Json.object()
            .put("command", "table diff")
            .put("table", uri.toString())
            .put("from", diff.from())
            .put("to", diff.to());
    ArrayNode key = node.putArray("key");
    diff.key().forEach(key::add);
    node.put("added", diff.added())
        .put("removed", diff.removed())
        .put("changed", diff.changed())
        .put("partitions", diff.partitions())
        .put("files_read", diff.files());
    ArrayNode examples = node.putArray("examples");
    for (TableDiff.Example example : diff.examples()) {
      ObjectNode each = examples.addObject();
      example.before().ifPresent(row -> each.set("before", StoredValues.json(row)));
      example.after().ifPresent(row -> each.set("after", StoredValues.json(row)));
    }
    return node;
  }
}
