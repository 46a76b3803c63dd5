package dev.leat.pipelines.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.OptionSpec;

/** What {@code leat --version} tells: what someone who helps would ask first. */
final class Version implements IVersionProvider {
  static void add(CommandLine line) {
    line.getCommandSpec()
        .versionProvider(new Version())
        .addOption(
            OptionSpec.builder("--version")
                .versionHelp(true)
                .description("Shows the versions of Leat, Beam, Flink and Java.")
                .build());
  }

  @Override
  public String[] getVersion() {
    Properties versions = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      if (in == null) {
        throw new IllegalStateException("version.properties is missing");
      }
      versions.load(new InputStreamReader(in, UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new String[] {
      "leat %s (Beam %s, Flink %s, Java %s)"
          .formatted(
              versions.getProperty("leat"),
              versions.getProperty("beam"),
              versions.getProperty("flink"),
              Runtime.version())
    };
  }
}
