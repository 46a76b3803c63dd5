package dev.leat.io.lake;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The properties file of an Iceberg catalog, for example {@code type=rest}. A value may refer to
 * secrets: {@code ${env:NAME}} is a variable of the environment, {@code ${file:PATH}} the content
 * of a file without the line end after it. Messages name properties and references, never values.
 */
final class CatalogFile {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

  private CatalogFile() {}

  /**
   * Reads the properties and resolves their references.
   *
   * @throws UnreachableException if the file cannot be read
   * @throws UsageException naming every reference that leads nowhere
   */
  static Map<String, String> read(String file, Function<String, @Nullable String> environment) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file), UTF_8)) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      throw new UnreachableException("catalog=" + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new UnreachableException("catalog=" + file + ": cannot be read", e);
    } catch (IllegalArgumentException e) {
      // The cause would quote the text, which can hold a secret.
      throw new UsageException("catalog=" + file + ": is not a properties file");
    }
    List<String> problems = new ArrayList<>();
    Map<String, String> resolved = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      String value = properties.getProperty(name);
      Matcher matcher = REFERENCE.matcher(value);
      String place = "catalog=" + file + ": " + name + ": ";
      resolved.put(
          name,
          matcher.replaceAll(
              match ->
                  Matcher.quoteReplacement(
                      match.group(1).equals("env")
                          ? variable(match.group(2), environment, place, problems)
                          : content(match.group(2), place, problems))));
    }
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
    return resolved;
  }

  private static String variable(
      String name,
      Function<String, @Nullable String> environment,
      String place,
      List<String> problems) {
    String value = environment.apply(name);
    if (value == null) {
      problems.add(place + "${env:" + name + "} is not set in the environment");
      return "";
    }
    return value;
  }

  private static String content(String path, String place, List<String> problems) {
    try {
      return Files.readString(Path.of(path), UTF_8).stripTrailing();
    } catch (IOException | RuntimeException e) {
      problems.add(place + "${file:" + path + "} cannot be read");
      return "";
    }
  }
}
