package dev.leat.pipelines.workflow;

import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.TimeFormat;
import dev.leat.io.spi.RecordFormat;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/** Reads {@code events}: how records become events. */
final class EventsSection {
  static final List<String> KEYS =
      List.of(
          "format",
          "type",
          "id",
          "source",
          "time",
          "tenant",
          "subject",
          "sequence",
          "timeFormat",
          "zone",
          "header",
          "pattern");

  private static final Map<String, Mapping.Format> FORMATS =
      Map.of(
          "jsonl", Mapping.Format.JSON,
          "json", Mapping.Format.JSON,
          "csv", Mapping.Format.CSV,
          "text", Mapping.Format.TEXT);
  private static final String EXPECTED_PLACE = "a pointer into the record, such as /time";
  private static final String EXPECTED_PATTERN =
      "a regular expression with named groups, such as '(?<host>\\S+) (?<rest>.*)'";

  private final YamlMap map;
  private final String format;
  private final Mapping.Format mappingFormat;
  private final Optional<PayloadReader> textReader;
  private final PayloadShape payload;

  private EventsSection(YamlMap map) {
    this.map = map;
    this.format = map.get("format").flatMap(EventsSection::format).orElse("jsonl");
    boolean headless =
        map.get("header")
            .filter(this::onlyForCsv)
            .flatMap(YamlValue::trueOrFalse)
            .equals(Optional.of(false));
    Mapping.Format plain = FORMATS.getOrDefault(format, Mapping.Format.JSON);
    this.mappingFormat = headless ? Mapping.Format.CSV_WITHOUT_HEADER : plain;
    this.textReader = pattern().flatMap(this::textReader);
    this.payload = PayloadShape.of(mappingFormat, textReader);
  }

  static EventsSection read(YamlMap map) {
    map.allow(KEYS);
    return new EventsSection(map);
  }

  /** What pointers can reach in the events. */
  PayloadShape payload() {
    return payload;
  }

  boolean hasSequence() {
    return map.has("sequence");
  }

  RecordFormat recordFormat() {
    switch (mappingFormat) {
      case CSV:
        return RecordFormat.CSV;
      case CSV_WITHOUT_HEADER:
        return RecordFormat.CSV_WITHOUT_HEADER;
      case TEXT:
        return RecordFormat.TEXT;
      default:
        return format.equals("json") ? RecordFormat.JSON : RecordFormat.JSONL;
    }
  }

  /** Empty if something was wrong, and reported. */
  Optional<Mapping> mapping(String defaultSource) {
    Optional<String> type =
        map.required("type", "a name such as wiki.edit, or a pointer such as /type")
            .flatMap(this::literalOrPlace);
    Optional<FieldRef> time = map.required("time", EXPECTED_PLACE).flatMap(this::place);
    Optional<String> source = map.get("source").flatMap(this::literalOrPlace);
    Optional<String> tenant = map.get("tenant").flatMap(this::literalOrPlace);
    Optional<FieldRef> id = map.get("id").flatMap(this::place);
    Optional<FieldRef> subject = map.get("subject").flatMap(this::place);
    Optional<FieldRef> sequence = map.get("sequence").flatMap(this::place);
    Optional<TimeFormat> timeFormat = timeFormat();
    if (type.isEmpty() || time.isEmpty()) {
      return Optional.empty();
    }
    Mapping mapping =
        Mapping.of(mappingFormat, type.get(), time.get()).withSource(source.orElse(defaultSource));
    mapping = tenant.map(mapping::withTenant).orElse(mapping);
    mapping = id.map(mapping::withId).orElse(mapping);
    mapping = subject.map(mapping::withSubject).orElse(mapping);
    mapping = sequence.map(mapping::withSequence).orElse(mapping);
    mapping = timeFormat.map(mapping::withTimeFormat).orElse(mapping);
    return Optional.of(textReader.isEmpty() ? mapping : mapping.withPattern(patternText()));
  }

  private static Optional<String> format(YamlValue value) {
    return Choices.read(value, List.of("jsonl", "json", "csv", "text"));
  }

  private boolean onlyForCsv(YamlValue header) {
    if (!format.equals("csv")) {
      header.problem("only for csv, and the format is " + format);
    }
    return format.equals("csv");
  }

  private Optional<YamlValue> pattern() {
    if (format.equals("text")) {
      return map.required("pattern", EXPECTED_PATTERN);
    }
    map.get("pattern").ifPresent(it -> it.problem("only for text, and the format is " + format));
    return Optional.empty();
  }

  private Optional<PayloadReader> textReader(YamlValue pattern) {
    return pattern.read(EXPECTED_PATTERN, EventsSection::textReader);
  }

  private static PayloadReader textReader(String pattern) {
    try {
      return PayloadReader.matching(java.util.regex.Pattern.compile(pattern));
    } catch (PatternSyntaxException e) {
      String place = e.getIndex() < 0 ? "" : "at character " + (e.getIndex() + 1) + ": ";
      throw new IllegalArgumentException(
          place + "not a regular expression: " + e.getDescription(), e);
    }
  }

  private String patternText() {
    return map.get("pattern").flatMap(it -> it.text(EXPECTED_PATTERN)).orElseThrow();
  }

  private Optional<FieldRef> place(YamlValue value) {
    return value.read(EXPECTED_PLACE, EventsSection::pointer).filter(it -> isThere(it, value));
  }

  private Optional<String> literalOrPlace(YamlValue value) {
    return value
        .text("a text, or a pointer such as /type")
        .filter(text -> !text.startsWith("/") || place(value).isPresent());
  }

  private boolean isThere(FieldRef field, YamlValue value) {
    Optional<String> problem = payload.problemWith(field);
    problem.ifPresent(value::problem);
    return problem.isEmpty();
  }

  private static FieldRef pointer(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("expected " + EXPECTED_PLACE + ", got '" + text + "'");
    }
    return FieldRef.parse(text);
  }

  private Optional<TimeFormat> timeFormat() {
    Optional<ZoneId> zone = map.get("zone").flatMap(EventsSection::zone);
    Optional<YamlValue> written = map.get("timeFormat");
    ZoneId at = zone.orElse(ZoneOffset.UTC);
    if (written.isEmpty()) {
      return zone.map(it -> TimeFormat.of("iso", it));
    }
    return written.get().read("iso, epoch_millis or a pattern", text -> TimeFormat.of(text, at));
  }

  private static Optional<ZoneId> zone(YamlValue value) {
    return value.read(
        "a time zone such as Europe/Paris or +02:00",
        text -> {
          try {
            return ZoneId.of(text);
          } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                "expected a time zone such as Europe/Paris or +02:00, got '" + text + "'", e);
          }
        });
  }
}
