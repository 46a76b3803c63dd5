package dev.leat.pipelines.cli;

import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.JobFailedException;
import dev.leat.pipelines.job.Launcher.UnknownOptionException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code leat COMMAND [WORKFLOW] --option=value}. */
@Command(
    name = "leat",
    description = "Carries events from where they happen to where they are used.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 2 bad usage, 4 source or sink unreachable, 5 the job failed,",
      "20 nothing to do yet.",
      "",
      "Begin with: leat quickstart"
    },
    subcommands = {
      QuickstartCommand.class,
      IngestCommand.class,
      RunCommand.class,
      CheckCommand.class,
      TableCommand.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  private Main() {
    spec = CommandSpec.create();
  }

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    System.setOut(out);
    System.setErr(err);
    System.exit(run(args, out, err));
  }

  /** Runs a command and returns its exit code; what it says goes to these two. */
  static int run(String[] args, PrintStream out, PrintStream err) {
    CommandLine line =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpWidth(100)
            .setAbbreviatedOptionsAllowed(false)
            .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    Failures failures = new Failures(err);
    line.setParameterExceptionHandler((e, unused) -> failures.badUsage(e));
    line.setExecutionExceptionHandler((e, command, unused) -> failures.failed(e, command));
    line.getSubcommands().values().forEach(Help::add);
    Help.add(line);
    return line.execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command");
  }

  /** Says what went wrong, and chooses the exit code. */
  private record Failures(PrintStream err) {

    int badUsage(ParameterException e) {
      err.println("leat: " + firstLine(e));
      err.println("Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
      return ExitCode.BAD_USAGE;
    }

    int failed(Exception e, CommandLine command) {
      if (e instanceof UsageException) {
        ((UsageException) e).problems().forEach(problem -> err.println("leat: " + problem));
        return ExitCode.BAD_USAGE;
      }
      if (e instanceof UnknownOptionException) {
        String option = ((UnknownOptionException) e).option();
        err.println("leat: " + e.getMessage() + Nearest.hint(option, optionsOf(command)));
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.BAD_USAGE;
      }
      err.println("leat: " + firstLine(e));
      if (System.getenv("LEAT_DEBUG") != null) {
        e.printStackTrace(err);
      }
      if (e instanceof UnreachableException) {
        return ExitCode.UNREACHABLE;
      }
      if (System.getenv("LEAT_DEBUG") == null) {
        err.println(
            (e instanceof JobFailedException ? "" : "This is a defect in Leat. ")
                + "LEAT_DEBUG=1 shows where it failed.");
      }
      return ExitCode.JOB_FAILED;
    }

    private static List<String> optionsOf(CommandLine command) {
      return command.getCommandSpec().options().stream().map(o -> o.longestName()).toList();
    }

    private static String firstLine(Exception e) {
      String message = e.getMessage();
      return message == null
          ? e.getClass().getSimpleName()
          : message.lines().findFirst().orElse(e.getClass().getSimpleName());
    }
  }
}
