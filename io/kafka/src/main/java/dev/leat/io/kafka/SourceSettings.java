package dev.leat.io.kafka;

import dev.leat.ingest.Mapping;
import dev.leat.ingest.PlausibleTimes;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Durations;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.UsageException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code kafka://} source was asked for. Checked, and complete.
 *
 * @param until null if the source is unbounded
 * @param consumerGroup null if nothing is committed
 */
record SourceSettings(
    ClientSettings client,
    Place start,
    @Nullable Place until,
    boolean isGapAccepted,
    @Nullable String consumerGroup,
    Duration disorder,
    Duration idle,
    int maxRecordBytes,
    Mapping mapping)
    implements Serializable {
  private static final Set<String> PARAMETERS =
      Set.of("config", "disorder", "group", "idle", "maxRecordBytes", "onGap", "start", "until");
  private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9._-]{1,249}");

  /** As for files. */
  private static final int DEFAULT_MAX_RECORD_BYTES = 16 << 20;

  private static final int LEAST_MAX_RECORD_BYTES = 1 << 10;
  private static final int MOST_MAX_RECORD_BYTES = 64 << 20;

  /**
   * @throws UsageException if something in the URI cannot be
   */
  static SourceSettings of(ConnectorUri uri, SourceRequest request) {
    uri.allowParameters(PARAMETERS);
    ClientSettings client =
        new ClientSettings(TopicAddress.of(uri), uri.parameter("config").orElse(null));
    client.check();
    Optional<Place> until = uri.parameter("until").map(text -> Place.parse("until", text, "now"));
    Optional<Place> rangeEnd = request.eventTime().map(range -> new Place.Latest());
    return new SourceSettings(
        client,
        Place.parse("start", uri.parameter("start").orElse("earliest"), "latest"),
        until.or(() -> rangeEnd).orElse(null),
        isGapAccepted(uri.parameter("onGap").orElse("fail")),
        uri.parameter("group").map(SourceSettings::group).orElse(null),
        Durations.option(
            "disorder",
            uri.parameter("disorder").orElse("10s"),
            Duration.ZERO,
            Duration.ofDays(30),
            "0s to 30d"),
        Durations.option(
            "idle",
            uri.parameter("idle").orElse("30s"),
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            "1s to 1d"),
        maxRecordBytes(uri.parameter("maxRecordBytes")),
        request.mapping().orElse(Mapping.cloudEvents()));
  }

  /** Where a bounded source ends. */
  Optional<Place> end() {
    return Optional.ofNullable(until);
  }

  /** The name under which what is read is committed. */
  Optional<String> group() {
    return Optional.ofNullable(consumerGroup);
  }

  TopicAddress address() {
    return client.address();
  }

  PlausibleTimes plausibleTimes() {
    return mapping.plausibleTimes().orElse(PlausibleTimes.defaults());
  }

  private static boolean isGapAccepted(String onGap) {
    if (!onGap.equals("fail") && !onGap.equals("continue")) {
      throw new UsageException("onGap: expected fail or continue, got " + onGap);
    }
    return onGap.equals("continue");
  }

  static String group(String group) {
    if (!GROUP.matcher(group).matches()) {
      throw new UsageException(
          "group: expected up to 249 letters, digits, '.', '_' or '-', got " + group);
    }
    return group;
  }

  private static int maxRecordBytes(Optional<String> given) {
    String text = given.orElse("" + DEFAULT_MAX_RECORD_BYTES);
    int bytes = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    if (bytes < LEAST_MAX_RECORD_BYTES || bytes > MOST_MAX_RECORD_BYTES) {
      throw new UsageException(
          "maxRecordBytes: expected "
              + LEAST_MAX_RECORD_BYTES
              + " to "
              + MOST_MAX_RECORD_BYTES
              + ", got "
              + text);
    }
    return bytes;
  }
}
