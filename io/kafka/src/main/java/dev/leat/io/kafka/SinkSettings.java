package dev.leat.io.kafka;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Durations;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.UsageException;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code kafka://} sink was asked for. Checked, and complete.
 *
 * @param transactions null unless each message is to be written exactly once
 */
record SinkSettings(ClientSettings client, @Nullable Transactions transactions)
    implements Serializable {
  private static final Set<String> TRANSACTIONAL = Set.of("shards", "transactionTimeout", "group");
  private static final int LONGEST_GROUP = 249;

  /**
   * @param shards how many writers there are
   * @param group the name under which Kafka keeps what is written
   */
  record Transactions(int shards, Duration timeout, String group) implements Serializable {
    /** The same for every producer; none of it a secret. */
    Map<String, Object> producer() {
      return Map.of("transaction.timeout.ms", Math.toIntExact(timeout.toMillis()));
    }
  }

  /**
   * @throws UsageException if something in the URI cannot be
   */
  static SinkSettings of(ConnectorUri uri, SinkRequest request) {
    uri.allowParameters(Set.of("config", "exactlyOnce", "group", "shards", "transactionTimeout"));
    ClientSettings client =
        new ClientSettings(TopicAddress.of(uri), uri.parameter("config").orElse(null));
    client.check();
    String exactlyOnce = uri.parameter("exactlyOnce").orElse("false");
    if (!exactlyOnce.equals("true") && !exactlyOnce.equals("false")) {
      throw new UsageException("exactlyOnce: expected true or false, got " + exactlyOnce);
    }
    if (exactlyOnce.equals("true")) {
      return new SinkSettings(client, transactions(uri, client.address(), request));
    }
    List<String> useless =
        uri.parameters().keySet().stream().filter(TRANSACTIONAL::contains).sorted().toList();
    if (!useless.isEmpty()) {
      throw new UsageException(useless.get(0) + ": expected only with exactlyOnce=true");
    }
    return new SinkSettings(client, null);
  }

  private static Transactions transactions(
      ConnectorUri uri, TopicAddress address, SinkRequest request) {
    String shards = uri.parameter("shards").orElse("1");
    if (!shards.matches("[1-9][0-9]{0,2}")) {
      throw new UsageException("shards: expected 1 to 999, got " + shards);
    }
    Duration timeout =
        Durations.option(
            "transactionTimeout",
            uri.parameter("transactionTimeout").orElse("10m"),
            Duration.ofSeconds(10),
            Duration.ofHours(24),
            "10s to 1d");
    String group = uri.parameter("group").orElseGet(() -> group(address, request));
    return new Transactions(Integer.parseInt(shards), timeout, SourceSettings.group(group));
  }

  /**
   * The same for every start of a live run, which could not go on under another name. A bounded run
   * never goes on.
   */
  private static String group(TopicAddress address, SinkRequest request) {
    if (request.live().isEmpty()) {
      return "leat-" + request.runId();
    }
    String workflow = request.properties().getOrDefault("workflow", "");
    // A workflow's name has no dot. The hash tells names apart that are alike up to the cut.
    String name = "leat-" + workflow + "." + address.topic();
    return name.length() <= LONGEST_GROUP
        ? name
        : name.substring(0, LONGEST_GROUP - 9)
            + "-"
            + String.format(Locale.ROOT, "%08x", name.hashCode());
  }
}
