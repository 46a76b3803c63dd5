package dev.leat.pipelines.job;

/** The pipeline began and did not end well. The command line exits with 5. */
public final class JobFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JobFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
