package dev.leat.deadletter;

/** Thrown by a step for a record it cannot use; the record becomes a dead letter. */
public final class RejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String detail;

  /**
   * @param detail the fault in one line, with the place and without the payload
   */
  public RejectedException(Reason reason, String detail) {
    // Expected, and thrown once per bad record: a stack trace would be paid for and never read.
    super(detail, null, false, false);
    this.reason = reason;
    this.detail = detail;
  }

  public Reason reason() {
    return reason;
  }

  public String detail() {
    return detail;
  }
}
