package dev.leat.io.kafka;

import java.util.Set;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;

/**
 * Lets Avro encode KafkaIO's checkpoints, which go through Beam's {@code AvroCoder}. Avro 1.12.2,
 * which Iceberg needs, trusts no class it was not told of, Beam 2.70 tells it of none, and so no
 * checkpoint of a Kafka source would be written or read: {@code SecurityException: Forbidden
 * org.apache.beam.sdk.io.kafka.KafkaCheckpointMark!}
 */
final class CheckpointMarks {
  private static final String MARK = "org.apache.beam.sdk.io.kafka.KafkaCheckpointMark";
  private static final Set<String> NAMES = Set.of(MARK, MARK + "$PartitionMark", "java.util.List");
  private static boolean isTrusted;

  private CheckpointMarks() {}

  /** For this process; called wherever a source is made or comes to. */
  static synchronized void trust() {
    if (!isTrusted) {
      ClassSecurityPredicate others = ClassSecurityValidator.getGlobal();
      ClassSecurityPredicate marks = type -> NAMES.contains(type.getName());
      ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(others, marks));
      isTrusted = true;
    }
  }
}
