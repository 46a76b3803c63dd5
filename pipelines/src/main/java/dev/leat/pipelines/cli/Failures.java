package dev.leat.pipelines.cli;

import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.backfill.BackfillRun.RefusedException;
import dev.leat.pipelines.job.JobFailedException;
import dev.leat.pipelines.job.Launcher.UnknownOptionsException;
import dev.leat.quality.QualityRefusedException;
import dev.leat.runners.flink.FlinkClusterException;
import dev.leat.runners.flink.FlinkUnreachableException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what went wrong, and chooses the exit code. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private final boolean debug;

  /**
   * @param debug whether to show where it failed
   */
  Failures(boolean debug) {
    this.debug = debug;
  }

  static Failures ofThisProcess() {
    return new Failures(System.getenv("LEAT_DEBUG") != null);
  }

  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    return badUsage(command, problems(e, command));
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult unused) {
    PrintWriter err = command.getErr();
    if (e instanceof UnknownOptionsException) {
      return badUsage(
          command,
          ((UnknownOptionsException) e)
              .options().stream().map(option -> unknownOption(option, command)).toList());
    }
    tell(e, "", err);
    return codeOf(e);
  }

  /**
   * Says what went wrong.
   *
   * @param place where, before each problem
   */
  void tell(Exception e, String place, PrintWriter err) {
    problemsOf(e).forEach(problem -> say(err, place + problem));
    int code = codeOf(e);
    if (code == ExitCode.REFUSED) {
      err.println("Nothing was published; what was there is as before.");
    }
    if (code == ExitCode.BAD_USAGE || code == ExitCode.REFUSED) {
      return;
    }
    if (debug) {
      e.printStackTrace(err);
    } else if (code == ExitCode.JOB_FAILED) {
      err.println(
          (isOutside(e) ? "" : "This is a defect in Leat. ")
              + "LEAT_DEBUG=1 shows where it failed.");
    }
  }

  /** Each thing that is wrong, in one line. */
  static List<String> problemsOf(Exception e) {
    if (e instanceof UsageException usage) {
      return usage.problems();
    }
    if (e instanceof QualityRefusedException refused) {
      return refused.problems();
    }
    return e instanceof RefusedException refused ? refused.problems() : List.of(firstLine(e));
  }

  static int codeOf(Exception e) {
    if (e instanceof UsageException) {
      return ExitCode.BAD_USAGE;
    }
    if (e instanceof QualityRefusedException || e instanceof RefusedException) {
      return ExitCode.REFUSED;
    }
    return e instanceof UnreachableException || e instanceof FlinkUnreachableException
        ? ExitCode.UNREACHABLE
        : ExitCode.JOB_FAILED;
  }

  /** Whether the cause is known to lie with the job or its cluster. */
  private static boolean isOutside(Exception e) {
    return e instanceof JobFailedException || e instanceof FlinkClusterException;
  }

  private static int badUsage(CommandLine command, List<String> problems) {
    PrintWriter err = command.getErr();
    problems.forEach(problem -> say(err, problem));
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.BAD_USAGE;
  }

  private static List<String> problems(ParameterException e, CommandLine command) {
    if (e instanceof MissingParameterException) {
      return missing(((MissingParameterException) e).getMissing(), command);
    }
    if (e instanceof UnmatchedArgumentException) {
      String first = ((UnmatchedArgumentException) e).getUnmatched().get(0);
      return List.of(
          first.startsWith("-") ? unknownOption(nameOf(first), command) : unknown(first, command));
    }
    return List.of(firstLine(e));
  }

  /** What is missing, and what may have been meant by it. */
  private static List<String> missing(List<ArgSpec> missing, CommandLine command) {
    List<String> problems = new ArrayList<>();
    for (ArgSpec each : missing) {
      problems.add(
          each instanceof OptionSpec
              ? "missing option " + ((OptionSpec) each).longestName() + "=" + each.paramLabel()
              : "missing " + each.paramLabel());
    }
    for (String given : command.getUnmatchedArguments()) {
      if (given.startsWith("-") && !Nearest.hint(nameOf(given), optionsOf(command)).isEmpty()) {
        problems.add(unknownOption(nameOf(given), command));
      }
    }
    return problems;
  }

  private static String unknown(String word, CommandLine command) {
    List<String> commands = List.copyOf(command.getSubcommands().keySet());
    return commands.isEmpty()
        ? "'" + word + "': expected nothing more"
        : "unknown command '"
            + word
            + "'"
            + Nearest.hint(word, commands)
            + "; known are "
            + String.join(", ", commands);
  }

  private static String unknownOption(String option, CommandLine command) {
    return "unknown option " + option + Nearest.hint(option, optionsOf(command));
  }

  private static List<String> optionsOf(CommandLine command) {
    return command.getCommandSpec().options().stream().map(OptionSpec::longestName).toList();
  }

  private static String nameOf(String argument) {
    return argument.replaceFirst("=.*", "");
  }

  private static void say(PrintWriter err, String problem) {
    err.println("leat: " + problem);
  }

  private static String firstLine(Exception e) {
    String message = e.getMessage();
    return message == null
        ? e.getClass().getSimpleName()
        : message.lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
