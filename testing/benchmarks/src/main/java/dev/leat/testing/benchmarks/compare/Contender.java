package dev.leat.testing.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Someone who does the work, in a process of its own.
 *
 * @param name for {@code -Dleat.contenders}
 * @param label in tables
 * @param how in a few words: interfaces, formats
 * @param command the process that does a task
 * @param environment of that process, beyond this one's
 */
public record Contender(
    String name,
    String label,
    String how,
    Function<Task, List<String>> command,
    Function<Task, Map<String, String>> environment) {

  /** A main class of this class path, with {@code input}, {@code output} and {@code scratch}. */
  public static Contender inJava(String name, String label, String how, Class<?> main) {
    return new Contender(
        name,
        label,
        how,
        task ->
            java(
                task,
                main,
                List.of(
                    task.input().toString(), task.output().toString(), task.scratch().toString())),
        task -> Map.of());
  }

  /** A main class of this class path, with other arguments. */
  public static Contender inJava(
      String name, String label, String how, Class<?> main, List<String> arguments) {
    return new Contender(name, label, how, task -> java(task, main, arguments), task -> Map.of());
  }

  /** The same, run by another command. */
  public Contender through(BiFunction<Task, List<String>, List<String>> other) {
    return new Contender(
        name, label, how, task -> other.apply(task, command.apply(task)), environment);
  }

  private static List<String> java(Task task, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-Xmx" + task.heap());
    command.add("-XX:+UseParallelGC");
    if (Machine.hasHugePagesOnRequest()) {
      // As Leat's launcher does.
      command.add("-XX:+UseTransparentHugePages");
    }
    // What Flink's own scripts give its processes.
    command.add("--add-opens=java.base/java.util=ALL-UNNAMED");
    command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    return command;
  }
}
