package dev.leat.window;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;

/**
 * What a step gives that must tell whether an event came in time: those that did, and those that
 * came too late. Choose where the late ones go, then continue with the output:
 *
 * <pre>{@code
 * PCollection<Event> kept = events.apply("In time", SplitLate.by(hourly)).lateTo(late);
 * }</pre>
 */
public final class OnTime<T> implements POutput {
  private final PCollection<T> output;
  private final PCollection<T> late;
  private final TupleTag<T> outputTag = new TupleTag<>() {};
  private final TupleTag<T> lateTag = new TupleTag<>() {};

  private OnTime(PCollection<T> output, PCollection<T> late) {
    this.output = output;
    this.late = late;
  }

  public static <T> OnTime<T> of(PCollection<T> output, PCollection<T> late) {
    return new OnTime<>(output, late);
  }

  /** What came in time. */
  public PCollection<T> output() {
    return output;
  }

  /** What came too late; always empty for bounded input. */
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
