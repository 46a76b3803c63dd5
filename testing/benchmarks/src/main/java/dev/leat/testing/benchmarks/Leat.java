package dev.leat.testing.benchmarks;

import dev.leat.testing.benchmarks.compare.Contender;
import dev.leat.testing.benchmarks.compare.ContenderProcess;
import dev.leat.testing.benchmarks.compare.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The command line as users have it: the launcher of a checkout. */
public final class Leat {
  private final Path launcher;

  Leat(Path checkout) {
    this.launcher = checkout.toAbsolutePath().normalize().resolve("leat");
  }

  /** A contender that runs one command. */
  public Contender contender(String how, Function<Task, List<String>> arguments) {
    return contender("leat", "Leat", how, arguments);
  }

  /** Another one, with a command that Leat is compared with. */
  public Contender contender(
      String name, String label, String how, Function<Task, List<String>> arguments) {
    return new Contender(
        name, label, how, task -> command(arguments.apply(task)), Leat::environment);
  }

  /** Builds it if the sources are newer, so that no measured run has to. */
  void build(Path log) throws IOException, InterruptedException {
    run(List.of("--help"), log);
  }

  /**
   * Runs a command that is not measured.
   *
   * @throws IOException if it fails
   */
  public void run(List<String> arguments, Path log) throws IOException, InterruptedException {
    ContenderProcess.prepare(command(arguments), log);
  }

  /** The archive of classes is there before anything is measured, as on a machine in use. */
  private List<String> command(List<String> arguments) {
    List<String> command =
        new ArrayList<>(List.of("env", "LEAT_CLASS_SHARING=now", launcher.toString()));
    command.addAll(arguments);
    return command;
  }

  private static Map<String, String> environment(Task task) {
    return Map.of("LEAT_JAVA_OPTS", "-Xmx" + task.heap());
  }
}
