package dev.leat.io.files;

import java.io.IOException;

/**
 * A file's bytes are not what its name promises. Told apart from other {@link IOException}s, where
 * the file system failed: those are worth a retry, this one is an answer.
 */
final class CorruptFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String problem;

  CorruptFileException(String problem) {
    super(problem);
    this.problem = problem;
  }

  /** One sentence without content of the file. */
  String problem() {
    return problem;
  }
}
