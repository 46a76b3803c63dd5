package dev.leat.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.beam.sdk.values.TypeDescriptors.strings;

import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.values.PCollection;

/** Writes what a pipeline has refused to a text file: the reason, the origin and the bytes. */
final class KeepRejected extends PTransform<PCollection<BadRecord>, PCollection<BadRecord>> {
  private static final long serialVersionUID = 1L;

  private final String file;

  KeepRejected(String file) {
    this.file = file;
  }

  @Override
  public PCollection<BadRecord> expand(PCollection<BadRecord> rejected) {
    rejected
        .apply("As text", MapElements.into(strings()).via(KeepRejected::text))
        .apply("Write", TextIO.write().to(file).withSuffix(".txt").withoutSharding());
    return rejected;
  }

  private static String text(BadRecord record) {
    byte[] bytes = record.getRecord().getEncodedRecord();
    return record.getFailure().getException()
        + "\t"
        + record.getRecord().getHumanReadableJsonRecord()
        + "\t"
        + (bytes == null ? "" : new String(bytes, UTF_8));
  }
}
