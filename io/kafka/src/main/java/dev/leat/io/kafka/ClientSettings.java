package dev.leat.io.kafka;

import dev.leat.io.spi.Secrets;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.Reader;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * How a Kafka client is set up. Holds the address and the path of a properties file; the file is
 * read, and the {@code ${env:NAME}} and {@code ${file:PATH}} in its values are resolved, where a
 * client is made. So a job graph has neither its contents nor a secret.
 *
 * @param file null if there is none
 */
record ClientSettings(TopicAddress address, @Nullable String file) implements Serializable {
  private static final Map<String, String> OURS =
      Map.of(
          "bootstrap.servers", "give the servers in the URI: kafka://host:port/topic",
          "group.id", "give the group in the URI: group=NAME",
          "auto.offset.reset", "say where to begin in the URI: start=earliest",
          "key.deserializer", "leave it out, Leat reads bytes",
          "value.deserializer", "leave it out, Leat reads bytes",
          "key.serializer", "leave it out, Leat writes bytes",
          "value.serializer", "leave it out, Leat writes bytes",
          "transactional.id", "leave it out and give exactlyOnce=true in the URI");

  /** What divides a setting where Kafka reads it, as in a JAAS configuration. */
  private static final Pattern WORDS = Pattern.compile("[\\s\"'=;,]+");

  /** What a setting must be so that nothing is lost or written twice. */
  private record Safe(Predicate<String> isSafe, String expected) {}

  private static final Map<String, Safe> SAFE =
      Map.of(
          "enable.auto.commit",
          new Safe("false"::equals, "false, since it commits what is not stored yet"),
          "isolation.level",
          new Safe("read_committed"::equals, "read_committed, else aborted records are read"),
          "max.poll.records",
          new Safe(value -> value.matches("[1-9][0-9]*"), "1 or more, else nothing is read"),
          "acks",
          new Safe(value -> value.matches("all|-1"), "all, else a broker that dies loses records"),
          "enable.idempotence",
          new Safe("true"::equals, "true, else a retry writes a record twice"),
          "retries",
          new Safe(value -> value.matches("[1-9][0-9]*"), "1 or more, else an outage loses rows"));

  /**
   * Looks whether a client could be made of it here.
   *
   * @throws UsageException naming every setting that would lose data, and what to use instead
   */
  void check() {
    read();
  }

  /** Makes a consumer, or what else reads, of bytes. */
  <C> C consumer(Map<String, ?> more, Function<Map<String, Object>, C> constructor) {
    Map<String, Object> config = new HashMap<>(more);
    config.put("key.deserializer", ByteArrayDeserializer.class.getName());
    config.put("value.deserializer", ByteArrayDeserializer.class.getName());
    config.put("enable.auto.commit", false);
    config.put("allow.auto.create.topics", false);
    return make(config, constructor);
  }

  /** Makes a producer; {@code more} has the serializers. */
  <C> C producer(Map<String, ?> more, Function<Map<String, Object>, C> constructor) {
    Map<String, Object> config = new HashMap<>(more);
    config.put("acks", "all");
    config.put("enable.idempotence", true);
    // Until delivery.timeout.ms has passed; KafkaIO's 3 would give up in the first outage.
    config.put("retries", Integer.MAX_VALUE);
    return make(config, constructor);
  }

  <C> C admin(Map<String, ?> more, Function<Map<String, Object>, C> constructor) {
    return make(new HashMap<>(more), constructor);
  }

  private <C> C make(Map<String, Object> config, Function<Map<String, Object>, C> constructor) {
    List<String> secrets = new ArrayList<>();
    Map<String, Object> all = new HashMap<>();
    read()
        .forEach(
            (name, value) -> {
              Secrets.references(value).forEach(each -> secrets.add(Secrets.resolve(each)));
              all.put(name, Secrets.resolve(value));
            });
    all.putAll(config);
    all.put("bootstrap.servers", address.bootstrap());
    try {
      return constructor.apply(all);
    } catch (KafkaException e) {
      throw new UnreachableException(
          address + ": cannot make a Kafka client: " + reason(e, secrets));
    }
  }

  /** The innermost message. Kafka quotes what it does not understand, also a word of a setting. */
  private static String reason(Throwable e, List<String> secrets) {
    Throwable innermost = e;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String reason = String.valueOf(innermost.getMessage());
    return secrets.stream()
            .flatMap(secret -> Stream.concat(Stream.of(secret), WORDS.splitAsStream(secret)))
            .anyMatch(word -> !word.isEmpty() && reason.contains(word))
        ? innermost.getClass().getSimpleName() + " about a setting that holds a secret"
        : reason;
  }

  private Map<String, String> read() {
    if (file == null) {
      return Map.of();
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException(
          "config: expected a file of Kafka client properties, got "
              + file
              + " ("
              + e.getClass().getSimpleName()
              + ")");
    }
    Map<String, String> settings = new TreeMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> settings.put(name, properties.getProperty(name).strip()));
    List<String> problems = new ArrayList<>();
    settings.forEach((name, value) -> problem(name, value).ifPresent(problems::add));
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
    return settings;
  }

  private java.util.Optional<String> problem(String name, String value) {
    String ours = OURS.get(name);
    if (ours != null) {
      return java.util.Optional.of(file + ": " + name + " cannot be set there; " + ours);
    }
    Safe safe = SAFE.get(name);
    return safe == null || safe.isSafe().test(value)
        ? java.util.Optional.empty()
        : java.util.Optional.of(
            file + ": " + name + ": expected " + safe.expected() + "; got " + value);
  }
}
