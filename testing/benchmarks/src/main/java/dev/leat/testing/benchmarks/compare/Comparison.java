package dev.leat.testing.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs the contenders of a workload one after another, as often as is asked, so that whatever else
 * the machine does meets all alike: each round begins with another of them. A contender runs the
 * few events of the start-up and then each size. Every run's rows are compared. One that failed is
 * not run again.
 */
public final class Comparison {
  private final Path scratch;
  private final int repetitions;
  private final String heap;

  /**
   * @param scratch a folder for runs, removed after each
   * @param repetitions at least 1
   * @param heap of the contenders; empty for the workload's own
   */
  public Comparison(Path scratch, int repetitions, String heap) {
    this.scratch = scratch;
    this.repetitions = repetitions;
    this.heap = heap;
  }

  public List<Result> run(Workload workload, List<Contender> contenders, List<Long> sizes)
      throws IOException, InterruptedException {
    List<Long> allSizes = new ArrayList<>();
    if (workload.startUpSize() > 0) {
      allSizes.add(workload.startUpSize());
    }
    allSizes.addAll(sizes);
    for (long size : allSizes) {
      workload.input(size);
    }
    Trials trials = new Trials();
    for (int round = 0; round < repetitions; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        Contender contender = contenders.get((round + i) % contenders.size());
        for (long size : allSizes) {
          if (!trials.hasFailed(contender, size)) {
            trials.add(contender, size, once(workload, contender, size));
          }
        }
      }
    }
    List<Result> results = new ArrayList<>();
    for (long size : sizes) {
      for (Contender contender : contenders) {
        results.add(
            new Result(
                contender,
                size,
                workload.startUpSize(),
                trials.of(contender, workload.startUpSize()),
                trials.of(contender, size)));
      }
    }
    return results;
  }

  private Trial once(Workload workload, Contender contender, long size)
      throws IOException, InterruptedException {
    Path folder = scratch.resolve(workload.name() + "-" + contender.name());
    Folders.delete(folder);
    Task task =
        new Task(
            workload.input(size),
            folder.resolve("output"),
            Folders.create(folder.resolve("scratch")),
            heap.isEmpty() ? workload.heap() : heap);
    ContenderProcess.Outcome outcome = ContenderProcess.run(contender, task, folder);
    Trial trial =
        outcome.failure().isEmpty()
            ? Trial.done(
                workload.seconds(task.output(), outcome.seconds()),
                workload.differences(task.output(), size),
                workload.figures(task.output(), size))
            : Trial.failed(outcome.seconds(), outcome.failure());
    System.out.printf(
        Locale.ROOT,
        "%s %,d events: %s: %.1f s%s%n",
        workload.name(),
        size,
        contender.label(),
        trial.seconds(),
        trial.hasFailed()
            ? ", failed: " + trial.failure()
            : (trial.differences() > 0 ? ", " + trial.differences() + " rows differ" : "")
                + (trial.figures().isEmpty() ? "" : ", " + trial.figures()));
    if (!trial.hasFailed() && trial.differences() == 0) {
      Folders.delete(folder);
    }
    return trial;
  }
}
