package dev.leat.io.kafka;

import dev.leat.io.spi.UnreachableException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What a cluster that was reached said or did not say, in one sentence. */
final class Complaint {
  private Complaint() {}

  /**
   * @param waited for the answer, at most
   */
  static UnreachableException of(ClientSettings client, Duration waited, Throwable e) {
    TopicAddress address = client.address();
    if (e instanceof UnknownTopicOrPartitionException) {
      return new UnreachableException(
          address.bootstrap() + " has no topic " + address.topic() + "; create it first");
    }
    return new UnreachableException(address + ": " + reason(client, waited, e), e);
  }

  private static String reason(ClientSettings client, Duration waited, Throwable e) {
    if (e instanceof SslAuthenticationException) {
      return "TLS failed: " + innermost(e).getMessage() + settingsHint(client);
    }
    if (e instanceof SaslAuthenticationException) {
      return "the broker refused the login: " + e.getMessage();
    }
    if (e instanceof AuthenticationException) {
      return "the broker has no such login: " + e.getMessage() + settingsHint(client);
    }
    if (e instanceof AuthorizationException) {
      return "the broker does not allow it: " + e.getMessage();
    }
    if (e instanceof TimeoutException
        || e instanceof org.apache.kafka.common.errors.TimeoutException) {
      return "the broker takes connections, but has not answered for "
          + waited.toSeconds()
          + "s"
          + settingsHint(client);
    }
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  private static String settingsHint(ClientSettings client) {
    return client.file() == null
        ? "; if it expects TLS or SASL, give config=/path/client.properties"
        : "; does security.protocol in " + client.file() + " fit that port?";
  }

  private static Throwable innermost(Throwable e) {
    return e.getCause() == null ? e : innermost(e.getCause());
  }
}
