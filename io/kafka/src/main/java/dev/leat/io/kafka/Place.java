package dev.leat.io.kafka;

import dev.leat.io.spi.UsageException;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where in a log something begins or ends. */
sealed interface Place extends Serializable {
  /** Where what is retained begins. */
  record Earliest() implements Place {}

  /** Behind the newest record there is when the run is planned. */
  record Latest() implements Place {}

  /** At the first record whose Kafka timestamp, which is not its event time, is this or later. */
  record AtTime(Instant time) implements Place {}

  /** At these offsets; a partition without one at its beginning, or for an end at its end. */
  record AtOffsets(TreeMap<Integer, Long> byPartition) implements Place {}

  Pattern OFFSETS = Pattern.compile("[0-9]{1,9}:[0-9]{1,18}(,[0-9]{1,9}:[0-9]{1,18})*");
  Pattern OFFSET = Pattern.compile("([0-9]+):([0-9]+)");

  /**
   * @param latest the word for {@link Latest} here
   * @throws UsageException if it is none
   */
  static Place parse(String name, String text, String latest) {
    if (text.equals("earliest") && !latest.equals("now")) {
      return new Earliest();
    }
    if (text.equals(latest)) {
      return new Latest();
    }
    if (OFFSETS.matcher(text).matches()) {
      TreeMap<Integer, Long> offsets = new TreeMap<>();
      Matcher each = OFFSET.matcher(text);
      while (each.find()) {
        int partition = Integer.parseInt(each.group(1));
        if (offsets.put(partition, Long.parseLong(each.group(2))) != null) {
          throw new UsageException(name + ": partition " + partition + " is given twice");
        }
      }
      return new AtOffsets(offsets);
    }
    try {
      return new AtTime(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      throw new UsageException(
          name
              + ": expected "
              + (latest.equals("now") ? "" : "earliest, ")
              + latest
              + ", a time such as 2015-09-12T00:00:00Z or partition:offset,partition:offset, got "
              + text);
    }
  }
}
