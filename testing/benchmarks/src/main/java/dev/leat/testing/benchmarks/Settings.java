package dev.leat.testing.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What {@code -Dleat.…} asks for; what is empty is as usual.
 *
 * @param workloads names of workloads; none is all
 * @param contenders names of contenders; none is all
 * @param sizes how many events; none is as the workload has it
 * @param heap of each contender, as in {@code -Xmx}; empty is as the workload has it
 * @param page where results are published
 * @param checkout the checkout whose {@code ./leat} is measured
 */
record Settings(
    List<String> workloads,
    List<String> contenders,
    List<Long> sizes,
    int repetitions,
    String heap,
    Path page,
    Path checkout) {

  /**
   * @param property gives a property's value, or an empty text
   * @param module the folder of this module
   * @throws IllegalArgumentException with every problem
   */
  static Settings read(UnaryOperator<String> property, Path module) {
    List<String> problems = new ArrayList<>();
    Path repository = module.toAbsolutePath().resolve("../..").normalize();
    Settings settings =
        new Settings(
            list(property.apply("leat.workloads")),
            list(property.apply("leat.contenders")),
            list(property.apply("leat.events")).stream()
                .map(text -> number("leat.events", text, problems))
                .toList(),
            (int) number("leat.repetitions", or(property.apply("leat.repetitions"), "3"), problems),
            property.apply("leat.heap"),
            path(property.apply("leat.page"), repository, "docs/benchmarks.md"),
            path(property.apply("leat.checkout"), repository, "."));
    if (!settings.heap().isEmpty() && !settings.heap().matches("[0-9]+[mg]")) {
      problems.add("leat.heap: expected a number and m or g, such as 4g, got " + settings.heap());
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    return settings;
  }

  boolean asksForWorkload(String name) {
    return workloads.isEmpty() || workloads.contains(name);
  }

  boolean asksForContender(String name) {
    return contenders.isEmpty() || contenders.contains(name);
  }

  private static List<String> list(String text) {
    return text.isBlank() ? List.of() : List.of(text.trim().split("\\s*,\\s*"));
  }

  private static long number(String name, String text, List<String> problems) {
    String digits = text.replace("_", "");
    if (!digits.matches("[0-9]{1,9}") || Long.parseLong(digits) < 1) {
      problems.add("%s: expected a number from 1 to 999999999, got %s".formatted(name, text));
      return 1;
    }
    return Long.parseLong(digits);
  }

  private static Path path(String text, Path repository, String otherwise) {
    return repository.resolve(or(text, otherwise)).normalize();
  }

  private static String or(String text, String otherwise) {
    return text.isBlank() ? otherwise : text;
  }
}
