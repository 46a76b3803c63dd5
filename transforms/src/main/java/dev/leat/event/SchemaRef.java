package dev.leat.event;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.auto.value.AutoValue;

/** The subject and version of a payload's schema. */
@AutoValue
public abstract class SchemaRef {
  public abstract String subject();

  /** From 1. */
  public abstract int version();

  public static SchemaRef of(String subject, int version) {
    checkArgument(!subject.isEmpty(), "subject: expected a name, got nothing");
    checkArgument(version >= 1, "version: expected 1 or more, got %s", version);
    return new AutoValue_SchemaRef(subject, version);
  }
}
