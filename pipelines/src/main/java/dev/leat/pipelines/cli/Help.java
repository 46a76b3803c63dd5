package dev.leat.pipelines.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The same help option on every command. */
final class Help {
  private Help() {}

  static void add(CommandLine line) {
    if (line.getCommandSpec().findOption("--help") == null) {
      line.getCommandSpec()
          .addOption(
              OptionSpec.builder("-h", "--help")
                  .usageHelp(true)
                  .description("Shows this help.")
                  .build());
    }
    line.getSubcommands().values().forEach(Help::add);
  }
}
