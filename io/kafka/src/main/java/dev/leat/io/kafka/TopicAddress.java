package dev.leat.io.kafka;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * Where a topic is.
 *
 * @param bootstrap {@code host:port[,host:port]}
 */
record TopicAddress(String bootstrap, String topic) implements Serializable {
  private static final Pattern SERVER =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})");

  /** Kafka's own rule. */
  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

  /**
   * @throws UsageException unless it is {@code kafka://host:port[,host:port]/topic}
   */
  static TopicAddress of(ConnectorUri uri) {
    String place = uri.place();
    if (place.contains("@")) {
      // Not repeated: what stands before the @ may be a password.
      throw new UsageException(
          "kafka: expected kafka://host:port/topic; credentials belong in a file of client"
              + " properties: config=/path/client.properties");
    }
    int slash = place.indexOf('/', 2);
    if (!place.startsWith("//") || slash < 0) {
      throw new UsageException(uri + ": expected kafka://host:port[,host:port]/topic");
    }
    String servers = place.substring(2, slash);
    for (String server : servers.split(",", -1)) {
      if (!SERVER.matcher(server).matches() || !isPort(server)) {
        throw new UsageException(uri + ": expected host:port, got '" + server + "'");
      }
    }
    String topic = place.substring(slash + 1);
    if (!TOPIC.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
      throw new UsageException(
          uri
              + ": expected a topic of up to 249 letters, digits, '.', '_' or '-', got '"
              + topic
              + "'");
    }
    return new TopicAddress(servers, topic);
  }

  private static boolean isPort(String server) {
    int port = Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
    return port >= 1 && port <= 65535;
  }

  @Override
  public String toString() {
    return "kafka://" + bootstrap + "/" + topic;
  }
}
