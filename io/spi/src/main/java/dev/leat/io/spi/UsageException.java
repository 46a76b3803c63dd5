package dev.leat.io.spi;

import java.util.List;

/**
 * What was asked for cannot be: a bad option, URI or workflow. Thrown before anything runs, with
 * every problem at once, each a sentence with its place and what would work. The command line exits
 * with 2.
 */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  public UsageException(String problem) {
    this(List.of(problem));
  }

  public UsageException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** At least one. */
  public List<String> problems() {
    return problems;
  }
}
