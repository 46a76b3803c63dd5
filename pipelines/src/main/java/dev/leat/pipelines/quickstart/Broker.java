package dev.leat.pipelines.quickstart;

import dev.leat.io.spi.UnreachableException;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A Kafka of the quickstart's own: a process that ends with this one, on this machine only. */
final class Broker implements Closeable {
  /** By name: the broker comes with the test fixtures, which only this demonstration runs. */
  private static final String MAIN = "dev.leat.testing.fixtures.KafkaBroker";

  private final Process process;
  private final String address;

  private Broker(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts it, and waits until it answers and has the topic, which must be a new one.
   *
   * @throws UnreachableException if it does not start
   */
  static Broker start(Path folder, String topic, int partitions) {
    try {
      int port = freePort();
      ProcessBuilder command =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx256m",
              "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
              "-cp",
              System.getProperty("java.class.path"),
              MAIN,
              "--directory=" + folder.toAbsolutePath(),
              "--port=" + port,
              "--topic=%s:%d".formatted(topic, partitions),
              "--endWithStdin");
      Path log = folder.resolveSibling(folder.getFileName() + ".log");
      Process process = command.redirectError(log.toFile()).start();
      BufferedReader said =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (line.startsWith("Kafka is ready")) {
          return new Broker(process, "127.0.0.1:" + port);
        }
      }
      throw new UnreachableException("the embedded Kafka did not start; " + log + " says why");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Host and port. */
  String address() {
    return address;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
