package dev.leat.testing.benchmarks.compare;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The process of a contender, and how long it took. */
public final class ContenderProcess {
  private static final long MOST_MINUTES = 60;
  private static final String FULL = "OutOfMemoryError";

  private ContenderProcess() {}

  record Outcome(double seconds, String failure) {}

  /**
   * Runs a contender to its end. What it prints is in {@code folder/log}.
   *
   * @return with a failure if its exit code is not 0, or if it took more than an hour
   */
  static Outcome run(Contender contender, Task task, Path folder)
      throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    ProcessBuilder builder = new ProcessBuilder(contender.command().apply(task));
    builder.environment().putAll(contender.environment().apply(task));
    builder.directory(task.scratch().toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    long start = System.nanoTime();
    Process process = builder.start();
    boolean ended = false;
    try {
      ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
    } finally {
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (!ended) {
      return new Outcome(seconds, "no end after " + MOST_MINUTES + " minutes");
    }
    return new Outcome(seconds, process.exitValue() == 0 ? "" : why(process.exitValue(), log));
  }

  /**
   * Runs something that is not measured.
   *
   * @throws IOException if its exit code is not 0, with the end of what it printed
   */
  public static void prepare(List<String> command, Path log)
      throws IOException, InterruptedException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    if (process.waitFor() != 0) {
      String said = Files.readString(log, StandardCharsets.UTF_8);
      throw new IOException(
          "%s: expected exit code 0, got %d: %s"
              .formatted(
                  String.join(" ", command),
                  process.exitValue(),
                  said.substring(Math.max(0, said.length() - 4_000))));
    }
  }

  private static String why(int exitCode, Path log) throws IOException {
    boolean full = Files.readString(log, StandardCharsets.ISO_8859_1).contains(FULL);
    return full ? "out of memory" : "exit code " + exitCode;
  }
}
