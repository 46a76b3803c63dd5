package dev.leat.pipelines.folder;

import dev.leat.io.lake.LakeTables;
import dev.leat.pipelines.folder.WorkflowFolder.Member;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Summary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs the workflows of a folder incrementally, one after the other, each only if what it reads has
 * changed. One that fails keeps those from running that stand on it, and no others.
 */
public record FolderRun(WorkflowFolder folder) {

  /** How a workflow's turn ended. */
  public enum Outcome {
    /** Its table was brought up to date. */
    DONE,
    /** What it reads has not changed. */
    NOTHING_NEW,
    FAILED,
    /** It was not run, because what it stands on failed. */
    SKIPPED
  }

  /**
   * A workflow and what became of it.
   *
   * @param summary absent unless it is done, or nothing is new
   * @param failure absent unless it failed
   * @param failedUpstream the file of the one that failed; absent unless it is skipped
   */
  public record Turn(
      Member member,
      Outcome outcome,
      Optional<Summary> summary,
      Optional<RuntimeException> failure,
      Optional<String> failedUpstream) {}

  /**
   * @param told gets each when it is over
   * @return all, in the order in which they had their turns
   */
  public List<Turn> run(Launcher launcher, Consumer<Turn> told) {
    List<Turn> turns = new ArrayList<>();
    Map<String, String> failed = new HashMap<>();
    for (Member member : folder.members()) {
      Optional<String> upstream = member.upstream().map(failed::get);
      Turn turn =
          upstream.isPresent()
              ? new Turn(member, Outcome.SKIPPED, Optional.empty(), Optional.empty(), upstream)
              : run(member, launcher);
      if (turn.outcome() == Outcome.FAILED || turn.outcome() == Outcome.SKIPPED) {
        failed.put(member.file(), upstream.orElse(member.file()));
      }
      turns.add(turn);
      told.accept(turn);
    }
    return turns;
  }

  private static Turn run(Member member, Launcher launcher) {
    try {
      // Before the first event there is no table, and one that has none to read is no failure.
      boolean isThere = member.upstream().isEmpty() || LakeTables.exists(member.source());
      Optional<Summary> done = isThere ? member.job().runIncremental(launcher) : Optional.empty();
      Summary summary = done.orElseGet(() -> member.job().nothingNew(launcher));
      Outcome outcome = done.isPresent() ? Outcome.DONE : Outcome.NOTHING_NEW;
      return new Turn(member, outcome, Optional.of(summary), Optional.empty(), Optional.empty());
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      // Also a defect must not keep the workflows that do not need this one from their turns.
      return new Turn(member, Outcome.FAILED, Optional.empty(), Optional.of(e), Optional.empty());
    }
  }
}
