package dev.leat.io.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A main class of these tests in a process of its own. */
final class OtherProcess {
  private static final int PATIENCE_SECONDS = 180;

  private final Process process;
  private final Path told;

  private OtherProcess(Process process, Path told) {
    this.process = process;
    this.told = told;
  }

  /**
   * @param told a file for what it prints
   */
  static OtherProcess start(Path told, List<String> jvmOptions, Class<?> main, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(told.toFile()).start();
    return new OtherProcess(process, told);
  }

  /** Waits for its end. */
  void assertExitCode(int expected) throws Exception {
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(told(), ended, is(true));
    assertThat(told(), process.exitValue(), is(expected));
  }

  /** What it printed. */
  String told() throws IOException {
    return Files.readString(told);
  }
}
