package dev.leat.io.kafka;

import dev.leat.io.spi.UnreachableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks whether there is a broker at all. Kafka's client cannot tell one that is not there from one
 * that is busy: it warns, tries again, and at last says that something timed out.
 */
final class Brokers {
  private static final Duration CONNECTING = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final TopicAddress address;
  private final Duration limit;
  private final Map<String, String> refusals = new LinkedHashMap<>();

  private Brokers(TopicAddress address, Duration limit) {
    this.address = address;
    this.limit = limit;
  }

  /**
   * Returns when one of the brokers takes a connection.
   *
   * @throws UnreachableException naming each broker and what it said, if none did in that time; at
   *     once if no host is known
   */
  static void await(TopicAddress address, Duration limit) {
    new Brokers(address, limit).await();
  }

  private void await() {
    long start = System.nanoTime();
    while (true) {
      List<InetSocketAddress> known = new ArrayList<>();
      for (String server : address.bootstrap().split(",", -1)) {
        for (InetSocketAddress broker : resolved(server)) {
          known.add(broker);
          if (connects(server, broker)) {
            return;
          }
        }
      }
      boolean isLate = System.nanoTime() - start + PAUSE.toNanos() > limit.toNanos();
      if (known.isEmpty() || isLate) {
        throw new UnreachableException(
            address
                + (known.isEmpty()
                    ? ": no such host: "
                    : ": no broker took a connection in " + limit.toSeconds() + "s: ")
                + String.join(", ", refusals.values()));
      }
      pause();
    }
  }

  private List<InetSocketAddress> resolved(String server) {
    int colon = server.lastIndexOf(':');
    String host = server.substring(0, colon);
    int port = Integer.parseInt(server.substring(colon + 1));
    try {
      List<InetSocketAddress> brokers = new ArrayList<>();
      for (InetAddress each : InetAddress.getAllByName(host)) {
        brokers.add(new InetSocketAddress(each, port));
      }
      return brokers;
    } catch (UnknownHostException e) {
      refusals.put(server, host + " (unknown)");
      return List.of();
    }
  }

  private boolean connects(String server, InetSocketAddress broker) {
    try (SocketChannel channel = SocketChannel.open()) {
      Duration most = CONNECTING.compareTo(limit) < 0 ? CONNECTING : limit;
      channel.socket().connect(broker, Math.toIntExact(most.toMillis()));
      return true;
    } catch (SocketTimeoutException e) {
      refusals.put(server, server + " (no answer)");
    } catch (IOException e) {
      refusals.put(server, server + " (" + e.getMessage() + ")");
    }
    return false;
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException(address + ": interrupted while it was looked for", e);
    }
  }
}
