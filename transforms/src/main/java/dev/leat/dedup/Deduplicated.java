package dev.leat.dedup;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;

/** What {@link DropDuplicates} gives: the kept events, and those that came too late to be told. */
public final class Deduplicated<T> implements POutput {
  private final PCollection<T> output;
  private final PCollection<T> late;
  private final TupleTag<T> outputTag = new TupleTag<>() {};
  private final TupleTag<T> lateTag = new TupleTag<>() {};

  private Deduplicated(PCollection<T> output, PCollection<T> late) {
    this.output = output;
    this.late = late;
  }

  static <T> Deduplicated<T> of(PCollection<T> output, PCollection<T> late) {
    return new Deduplicated<>(output, late);
  }

  /** One event of each id. */
  public PCollection<T> output() {
    return output;
  }

  /** Events older than the horizon; always empty for bounded input. */
  public PCollection<T> late() {
    return late;
  }

  /** Adds the late events to {@code list} and continues with the output. */
  public PCollection<T> lateTo(List<PCollection<T>> list) {
    list.add(late);
    return output;
  }

  @Override
  public Pipeline getPipeline() {
    return output.getPipeline();
  }

  @Override
  public Map<TupleTag<?>, PValue> expand() {
    return Map.of(outputTag, output, lateTag, late);
  }

  @Override
  public void finishSpecifyingOutput(
      String transformName, PInput input, PTransform<?, ?> transform) {}
}
