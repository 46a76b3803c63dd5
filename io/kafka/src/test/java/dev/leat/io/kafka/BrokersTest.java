package dev.leat.io.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.UnreachableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class BrokersTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofMinutes(2);

  @Test
  public void namesEachBrokerThatTookNoConnection() {
    TopicAddress nobody = new TopicAddress("127.0.0.1:1,127.0.0.1:2", "topic");

    assertThat(
        failure(nobody, SHORT, LONG),
        equalTo(
            "kafka://127.0.0.1:1,127.0.0.1:2/topic: no broker took a connection in 1s:"
                + " 127.0.0.1:1 (Connection refused), 127.0.0.1:2 (Connection refused)"));
  }

  @Test
  public void isContentWithOneBrokerOfThree() throws Exception {
    try (ServerSocket broker = listening()) {
      TopicAddress address =
          new TopicAddress(
              "no-such-host.invalid:9092,127.0.0.1:1,127.0.0.1:" + broker.getLocalPort(), "topic");

      Brokers.await(address, LONG);
    }
  }

  @Test
  public void saysOfAMuteBrokerThatItDidNotAnswerAndHowLong() throws Exception {
    try (ServerSocket mute = listening()) {
      TopicAddress address = new TopicAddress("127.0.0.1:" + mute.getLocalPort(), "topic");

      assertThat(
          failure(address, LONG, SHORT),
          equalTo(
              address
                  + ": the broker takes connections, but has not answered for 1s; if it expects"
                  + " TLS or SASL, give config=/path/client.properties"));
    }
  }

  @Test
  public void saysThatTlsFailed() throws Exception {
    Path config = folder.newFile().toPath();
    Files.writeString(config, "security.protocol=SSL");
    try (ServerSocket other = listening()) {
      Thread talking = new Thread(() -> talkInPlain(other));
      talking.start();
      ClientSettings client =
          new ClientSettings(
              new TopicAddress("127.0.0.1:" + other.getLocalPort(), "topic"), config.toString());

      // Between them Java says why, in other words from version to version.
      assertThat(
          failure(client, LONG, LONG),
          allOf(
              startsWith(client.address() + ": TLS failed: "),
              endsWith("; does security.protocol in " + config + " fit that port?")));
    }
  }

  private static void talkInPlain(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        client.getOutputStream().write("220 mail.example.org ready\r\n".getBytes(US_ASCII));
        client.getInputStream().readAllBytes();
      } catch (IOException e) {
        // That client has gone; or the test has ended, and with it the loop.
        continue;
      }
    }
  }

  /** Whoever connects waits in its queue for ever. */
  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  }

  private static String failure(TopicAddress address, Duration reaching, Duration patience) {
    return failure(new ClientSettings(address, null), reaching, patience);
  }

  private static String failure(ClientSettings client, Duration reaching, Duration patience) {
    UnreachableException failure =
        assertThrows(
            UnreachableException.class, () -> TopicLog.describe(client, reaching, patience));
    return failure.getMessage();
  }
}
