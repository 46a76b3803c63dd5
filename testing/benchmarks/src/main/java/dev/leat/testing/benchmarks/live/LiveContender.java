package dev.leat.testing.benchmarks.live;

import dev.leat.testing.fixtures.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * A contender that reads a topic and writes its rows to another, which is made for it, until it is
 * closed. In its command {@code @bootstrap@}, {@code @topic@}, {@code @rows@} (the topic of the
 * rows), {@code @disorderSeconds@} and {@code @scratch@} stand for what they are.
 */
final class LiveContender implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final String rowsTopic;
  private final Process process;
  private final Path log;

  private LiveContender(String rowsTopic, Process process, Path log) {
    this.rowsTopic = rowsTopic;
    this.process = process;
    this.log = log;
  }

  /**
   * @param about what {@link FlightTopic#describe} wrote
   * @param topic to read
   * @param scratch an existing folder
   */
  static LiveContender start(Properties about, String topic, Path scratch, List<String> command)
      throws IOException {
    String bootstrap = about.getProperty("bootstrap");
    String rows = topic + "-rows-" + System.nanoTime();
    EmbeddedKafka.createTopic(bootstrap, rows, 1, Map.of());
    List<String> filled =
        command.stream()
            .map(
                word ->
                    word.replace("@bootstrap@", bootstrap)
                        .replace("@topic@", topic)
                        .replace("@rows@", rows)
                        .replace("@disorderSeconds@", about.getProperty("disorderSeconds"))
                        .replace("@scratch@", scratch.toString()))
            .toList();
    Path log = scratch.resolve("contender.log");
    Process process =
        new ProcessBuilder(filled).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new LiveContender(rows, process, log);
  }

  String rowsTopic() {
    return rowsTopic;
  }

  /**
   * @throws IllegalStateException with what it printed, if it has ended
   */
  void checkAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException("the contender has ended: " + Files.readString(log));
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
