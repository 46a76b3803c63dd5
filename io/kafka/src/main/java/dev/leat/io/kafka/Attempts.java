package dev.leat.io.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.io.spi.LogMessage;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** How often a record was replayed, which it carries in a header. */
final class Attempts {
  private static final int MOST_DIGITS = 6;

  private Attempts() {}

  /** 0 for a record that has no such header, or something else in it. */
  static int of(@Nullable Headers headers) {
    Header header = headers == null ? null : headers.lastHeader(LogMessage.ATTEMPT);
    if (header == null || header.value() == null) {
      return 0;
    }
    String text = new String(header.value(), UTF_8);
    return text.length() <= MOST_DIGITS && text.matches("[0-9]+") ? Integer.parseInt(text) : 0;
  }
}
