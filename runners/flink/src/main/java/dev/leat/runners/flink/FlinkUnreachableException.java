package dev.leat.runners.flink;

/** The cluster is not there, does not answer in time, or is no Flink cluster. */
public final class FlinkUnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FlinkUnreachableException(String message) {
    super(message);
  }

  FlinkUnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
