package dev.leat.testing.benchmarks.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What it ran on, in words for a reader elsewhere. */
final class Machine {
  private Machine() {}

  static String description() throws IOException {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %.0f GiB of memory, %s %s, Java %s",
        field(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch")),
        Runtime.getRuntime().availableProcessors(),
        gibibytes(field(Path.of("/proc/meminfo"), "MemTotal", "0 kB")),
        System.getProperty("os.name"),
        System.getProperty("os.version").replaceAll("[^0-9.].*", ""),
        Runtime.version().feature());
  }

  /** Whether Linux gives pages of 2 MiB to who asks for them. */
  static boolean hasHugePagesOnRequest() {
    try {
      Path modes = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
      return Files.isReadable(modes) && Files.readString(modes).contains("[madvise]");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double gibibytes(String kilobytes) {
    return Long.parseLong(kilobytes.replaceAll("[^0-9]", "")) / 1024.0 / 1024;
  }

  /** Of Linux; elsewhere there is no such file. */
  private static String field(Path file, String name, String otherwise) throws IOException {
    if (!Files.isReadable(file)) {
      return otherwise;
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .findFirst()
        .orElse(otherwise);
  }
}
