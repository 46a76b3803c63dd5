package dev.leat.quality;

import java.util.List;

/**
 * A result broke the rules it must keep, and nothing of it was published. Its message, a line for
 * each broken rule, is all it holds, so that it stays what it is on its way from a worker.
 */
public final class QualityRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problems each broken rule with its numbers; at least one
   */
  public QualityRefusedException(List<String> problems) {
    super(String.join("\n", problems));
  }

  /** Each broken rule with its numbers; at least one. */
  public List<String> problems() {
    return String.valueOf(getMessage()).lines().toList();
  }
}
