package dev.leat.deadletter;

import com.google.common.base.Ascii;

/** Why a record is a dead letter. */
public enum Reason {
  /** The source could not read it whole: too long, or cut off. */
  UNREADABLE,
  /** The bytes are not what the format says: bad JSON, bad UTF-8, too deep, no match. */
  MALFORMED,
  /** A field that is needed is missing. */
  MISSING_FIELD,
  /** A field has a value that cannot be used: a time that is none, a number that is text. */
  INVALID_VALUE,
  /** A filter or derived field failed on it. */
  EXPRESSION,
  /** Its key is not in the lookup, and the step asked for that to be refused. */
  LOOKUP_MISS;

  /**
   * The reason of that {@link #code}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Reason ofCode(String code) {
    for (Reason reason : values()) {
      if (reason.code().equals(code)) {
        return reason;
      }
    }
    throw new IllegalArgumentException("no reason for a dead letter: " + code);
  }

  /** The name as it is written in tables and reports, for example {@code missing-field}. */
  public String code() {
    return Ascii.toLowerCase(name()).replace('_', '-');
  }
}
