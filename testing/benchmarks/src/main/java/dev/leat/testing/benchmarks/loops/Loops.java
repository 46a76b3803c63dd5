package dev.leat.testing.benchmarks.loops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the inner loops: nanoseconds an event, printed and as JSON. */
public final class Loops {
  private static final int ROUNDS = 5;

  private Loops() {}

  /**
   * @param only a regular expression that names of classes must have; {@code true} or empty is all
   */
  public static void run(String only, Path results) throws IOException {
    Files.createDirectories(results);
    String pattern = only.equals("true") ? "" : only;
    try {
      new Runner(
              new OptionsBuilder()
                  .include("dev\\.leat\\..*" + pattern + ".*")
                  .forks(1)
                  .warmupIterations(ROUNDS)
                  .warmupTime(TimeValue.seconds(2))
                  .measurementIterations(ROUNDS)
                  .measurementTime(TimeValue.seconds(2))
                  .jvmArgs("-Xmx2g", "-XX:+UseParallelGC")
                  .resultFormat(ResultFormatType.JSON)
                  .result(results.resolve("loops.json").toString())
                  .build())
          .run();
    } catch (RunnerException e) {
      throw new IOException(e);
    }
  }
}
