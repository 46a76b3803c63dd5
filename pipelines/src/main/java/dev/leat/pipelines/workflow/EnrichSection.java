package dev.leat.pipelines.workflow;

import com.google.common.base.Ascii;
import dev.leat.enrich.EnrichEvents.Missing;
import dev.leat.enrich.FileLookup;
import dev.leat.field.FieldRef;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code enrich}. */
final class EnrichSection {
  static final List<String> KEYS = List.of("lookup", "key", "on", "as", "missing");

  private static final String EXPECTED_LOOKUP =
      "a file of CSV or JSON lines, such as files:///data/countries.csv";

  private final Optional<Path> folder;
  private final Scope scope;

  private EnrichSection(Optional<Path> folder, Scope scope) {
    this.folder = folder;
    this.scope = scope;
  }

  /** What could be read; the names are declared in {@code scope} one after the other. */
  static List<Enrichment> read(YamlValue section, Optional<Path> folder, Scope scope) {
    EnrichSection reader = new EnrichSection(folder, scope);
    String expected = "a list such as [{lookup: …, key: …, as: …}]";
    List<Enrichment> steps = new ArrayList<>();
    for (YamlValue step : section.list(expected)) {
      step.map("keys such as {lookup: …, key: …, as: …}")
          .flatMap(reader::step)
          .ifPresent(steps::add);
    }
    return steps;
  }

  private Optional<Enrichment> step(YamlMap map) {
    map.allow(KEYS);
    Optional<FileLookup> lookup =
        map.required("lookup", EXPECTED_LOOKUP).flatMap(uri -> lookup(map, uri));
    Optional<FieldRef> key = map.required("key", Scope.EXPECTED_FIELD).flatMap(scope::field);
    Optional<YamlValue> as = map.required("as", "a name for what is found, such as country");
    Optional<String> name = as.flatMap(value -> value.text("a name such as country"));
    name.ifPresent(text -> scope.declare(text, as.orElseThrow()));
    Optional<Missing> missing =
        map.has("missing")
            ? map.get("missing").flatMap(EnrichSection::missing)
            : Optional.of(Missing.KEEP);
    if (lookup.isEmpty() || key.isEmpty() || name.isEmpty() || missing.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Enrichment(lookup.get(), key.get(), name.get(), missing.get()));
  }

  private Optional<FileLookup> lookup(YamlMap map, YamlValue uri) {
    Optional<String> on = map.get("on").flatMap(value -> value.text("a column of the lookup"));
    if (map.has("on") && on.isEmpty()) {
      return Optional.empty();
    }
    return uri.read(EXPECTED_LOOKUP, this::file)
        .flatMap(file -> map.attempt(() -> FileLookup.of(file, on.orElse(null))));
  }

  private String file(String text) {
    ConnectorUri uri = ConnectorUri.parse(text);
    if (!uri.scheme().equals("files")) {
      throw new UsageException("expected " + EXPECTED_LOOKUP + ", got '" + text + "'");
    }
    uri.allowParameters(Set.of());
    String path = uri.path();
    boolean relative = !uri.isRemote() && !path.startsWith("/");
    return relative && folder.isPresent()
        ? folder.get().resolve(path).normalize().toString()
        : path;
  }

  private static Optional<Missing> missing(YamlValue value) {
    return Choices.read(value, List.of("keep", "dead-letter", "fail"))
        .map(text -> Missing.valueOf(Ascii.toUpperCase(text).replace('-', '_')));
  }
}
