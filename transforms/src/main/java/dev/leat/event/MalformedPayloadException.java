package dev.leat.event;

/**
 * A payload that cannot be read as what it says it is. The message says what is wrong and never
 * quotes the payload.
 */
public final class MalformedPayloadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedPayloadException(String message) {
    super(message);
  }

  public MalformedPayloadException(String message, Throwable cause) {
    super(message, cause);
  }
}
