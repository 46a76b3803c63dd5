package dev.leat.runners.flink;

/** The cluster answered, but did not do what it was asked to; the message says why. */
public final class FlinkClusterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FlinkClusterException(String message) {
    super(message);
  }
}
