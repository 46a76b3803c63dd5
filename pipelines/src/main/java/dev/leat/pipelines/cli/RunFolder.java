package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ascii;
import dev.leat.event.Json;
import dev.leat.pipelines.folder.FolderRun;
import dev.leat.pipelines.folder.FolderRun.Outcome;
import dev.leat.pipelines.folder.FolderRun.Turn;
import dev.leat.pipelines.folder.WorkflowFolder;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.job.TextTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@code leat run FOLDER --incremental}. */
record RunFolder(Path folder, JobOptions job, Failures failures) {

  /**
   * Runs all, tells of each failure when it happens and of the whole at the end.
   *
   * @return the code of the first failure; without one, that of something done, or of nothing
   */
  int run(List<String> passedThrough) {
    WorkflowFolder workflows = WorkflowFolder.read(folder);
    List<Turn> turns =
        new FolderRun(workflows).run(job.launcher("Running", passedThrough), this::tell);
    int code = codeOf(turns);
    if (job.isJson()) {
      job.tell(json(turns));
    } else {
      job.out().print(table(turns));
    }
    return code;
  }

  private void tell(Turn turn) {
    String place = turn.member().file() + ": ";
    turn.summary()
        .ifPresent(
            summary -> summary.notes().forEach(note -> job.err().println("leat: " + place + note)));
    turn.failure().ifPresent(failure -> failures.tell(failure, place, job.err()));
  }

  private static int codeOf(List<Turn> turns) {
    for (Turn turn : turns) {
      if (turn.failure().isPresent()) {
        return Failures.codeOf(turn.failure().get());
      }
    }
    return turns.stream().anyMatch(turn -> turn.outcome() == Outcome.DONE)
        ? ExitCode.DONE
        : ExitCode.NOTHING_TO_DO;
  }

  private static TextTable table(List<Turn> turns) {
    TextTable text = new TextTable("workflow", "outcome", "read", "rows", "result");
    for (Turn turn : turns) {
      text.add(
          turn.member().file(),
          nameOf(turn).replace('_', ' '),
          count(turn, "read"),
          count(turn, "rows"),
          resultOf(turn));
    }
    return text;
  }

  private static String count(Turn turn, String name) {
    return turn.summary()
        .map(summary -> summary.counts().get(name))
        .map(count -> String.format(Locale.ROOT, "%,d", count))
        .orElse("");
  }

  private static String resultOf(Turn turn) {
    return switch (turn.outcome()) {
      case DONE, NOTHING_NEW ->
          turn.summary().map(summary -> summary.facts().getOrDefault("result", "")).orElse("");
      case FAILED -> "exit code " + turn.failure().map(Failures::codeOf).orElseThrow();
      case SKIPPED -> "because " + turn.failedUpstream().orElseThrow() + " failed";
    };
  }

  private ObjectNode json(List<Turn> turns) {
    ObjectNode node = Json.object().put("command", "run").put("folder", folder.toString());
    ArrayNode array = node.putArray("workflows");
    for (Turn turn : turns) {
      ObjectNode each = array.addObject();
      each.put("file", turn.member().file()).put("outcome", nameOf(turn));
      turn.member().upstream().ifPresent(file -> each.put("after", file));
      turn.summary().map(Summary::toNode).ifPresent(each::setAll);
      each.remove("command");
      turn.failure()
          .ifPresent(
              failure -> {
                each.put("exit_code", Failures.codeOf(failure));
                Failures.problemsOf(failure).forEach(each.putArray("problems")::add);
              });
      turn.failedUpstream().ifPresent(file -> each.put("failed_upstream", file));
    }
    ObjectNode counts = node.putObject("counts");
    for (Outcome outcome : Outcome.values()) {
      counts.put(
          Ascii.toLowerCase(outcome.name()),
          turns.stream().filter(turn -> turn.outcome() == outcome).count());
    }
    return node;
  }

  private static String nameOf(Turn turn) {
    return Ascii.toLowerCase(turn.outcome().name());
  }
}
