package dev.leat.io.spi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * References to secrets: {@code ${env:NAME}} is a variable of the environment, {@code ${file:PATH}}
 * what a file holds, without white space at its ends. Settings and job graphs hold the reference;
 * {@link #resolve} is called where the value is used, on the worker, and what it returns is never
 * logged, shown or stored.
 */
public final class Secrets {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

  private Secrets() {}

  /** Whether there is a reference in it. */
  public static boolean isReference(String setting) {
    return REFERENCE.matcher(setting).find();
  }

  /**
   * The setting with every reference in it replaced by its secret.
   *
   * @throws UsageException naming the reference, never a value, if there is no such variable or
   *     file on this machine
   */
  public static String resolve(String setting) {
    Matcher matcher = REFERENCE.matcher(setting);
    StringBuilder resolved = new StringBuilder();
    while (matcher.find()) {
      String value =
          matcher.group(1).equals("env")
              ? variable(matcher.group(), matcher.group(2))
              : file(matcher.group(), matcher.group(2));
      matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(resolved).toString();
  }

  /** The references in a setting, as they stand there. */
  public static List<String> references(String setting) {
    return REFERENCE.matcher(setting).results().map(MatchResult::group).toList();
  }

  private static String variable(String reference, String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw new UsageException(reference + ": the environment has no variable " + name);
    }
    return value;
  }

  private static String file(String reference, String path) {
    try {
      return Files.readString(Path.of(path)).strip();
    } catch (IOException | RuntimeException e) {
      throw new UsageException(
          reference + ": cannot read that file (" + e.getClass().getSimpleName() + ")");
    }
  }
}
