package dev.leat.pipelines.cli;

import dev.leat.io.files.StandardOutput;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code leat COMMAND [WORKFLOW] --option=value}. */
@Command(
    name = "leat",
    description = "Carries events from where they happen to where they are used.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 2 bad usage, 3 a check refused to publish, 4 source or sink"
          + " unreachable,",
      "5 the job failed, 20 nothing to do yet.",
      "",
      "Begin with: leat quickstart"
    })
public final class Main implements Runnable {
  private record Listed(String name, String summary, Supplier<Object> command) {}

  private static final List<Listed> COMMANDS =
      List.of(
          new Listed("quickstart", QuickstartCommand.SUMMARY, QuickstartCommand::new),
          new Listed("ingest", IngestCommand.SUMMARY, IngestCommand::new),
          new Listed("run", RunCommand.SUMMARY, RunCommand::new),
          new Listed("backfill", BackfillCommand.SUMMARY, BackfillCommand::new),
          new Listed("replay", ReplayCommand.SUMMARY, ReplayCommand::new),
          new Listed("check", CheckCommand.SUMMARY, CheckCommand::new),
          new Listed("table", TableCommand.SUMMARY, TableCommand::new),
          new Listed("job", JobCommand.SUMMARY, JobCommand::new));

  @Spec private CommandSpec spec;

  private Main() {
    spec = CommandSpec.create();
  }

  public static void main(String[] args) {
    PrintStream out = StandardOutput.over(new FileOutputStream(FileDescriptor.out));
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    System.setOut(out);
    System.setErr(err);
    System.exit(run(args, out, err));
  }

  /**
   * Runs a command and returns its exit code; what it says goes to these two, but for the rows of
   * the sink {@code stdout:}, which go to the process' own.
   */
  static int run(String[] args, PrintStream out, PrintStream err) {
    CommandLine line = new CommandLine(new Main());
    addCommands(line, args.length == 0 ? "" : args[0]);
    line.setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(100)
        .setAbbreviatedOptionsAllowed(false)
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    Failures failures = Failures.ofThisProcess();
    line.setParameterExceptionHandler(failures).setExecutionExceptionHandler(failures);
    line.getSubcommands().values().forEach(Help::add);
    Help.add(line);
    Version.add(line);
    int code = line.execute(args);
    line.getOut().flush();
    line.getErr().flush();
    return code;
  }

  /**
   * Of those that are not given only what the help tells of them: picocli reads a command's options
   * by reflection, and all of them would be a third of the time that the help takes.
   */
  private static void addCommands(CommandLine line, String given) {
    for (Listed each : COMMANDS) {
      Object command = each.name().equals(given) ? each.command().get() : onlyListed(each);
      line.addSubcommand(each.name(), command);
    }
  }

  private static CommandSpec onlyListed(Listed command) {
    return CommandSpec.create().usageMessage(new UsageMessageSpec().description(command.summary()));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command");
  }
}
