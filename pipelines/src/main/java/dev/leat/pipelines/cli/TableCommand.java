package dev.leat.pipelines.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code leat table}. */
@Command(
    name = "table",
    description = TableCommand.SUMMARY,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TableHistoryCommand.class,
      TableDiffCommand.class,
      TableRollbackCommand.class,
      TableTagCommand.class,
      TablePublishCommand.class,
      TableCompactCommand.class,
      TableExpireCommand.class,
      TableSweepCommand.class
    })
final class TableCommand implements Runnable {
  static final String SUMMARY = "The versions of a table in the lake, and what lies beside them.";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "expected: table history, diff, rollback, tag, publish, compact, expire or sweep, and the"
            + " table's URI");
  }
}
