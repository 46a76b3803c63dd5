package dev.leat.deadletter;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;

/**
 * What a transform that can refuse records gives: its output and its dead letters. Choose where the
 * dead letters go, then continue with the output:
 *
 * <pre>{@code
 * PCollection<Event> events = records.apply("Parse", ParseEvents.with(mapping)).failuresTo(rejected);
 * }</pre>
 */
public final class Outcome<T> implements POutput {
  private final PCollection<T> output;
  private final TupleTag<T> outputTag;
  private final PCollection<DeadLetter> deadLetters;
  private final TupleTag<DeadLetter> deadLetterTag;

  private Outcome(
      PCollection<T> output,
      TupleTag<T> outputTag,
      PCollection<DeadLetter> deadLetters,
      TupleTag<DeadLetter> deadLetterTag) {
    this.output = output;
    this.outputTag = outputTag;
    this.deadLetters = deadLetters;
    this.deadLetterTag = deadLetterTag;
  }

  public static <T> Outcome<T> of(PCollection<T> output, PCollection<DeadLetter> deadLetters) {
    return new Outcome<>(
        output, new TupleTag<>() {}, outOfWindows(deadLetters), new TupleTag<>() {});
  }

  /**
   * Dead letters of all steps meet in one place, and Beam flattens only what has the same windows
   * and triggers. A dead letter belongs to no window: it is not part of any result.
   */
  private static PCollection<DeadLetter> outOfWindows(PCollection<DeadLetter> letters) {
    if (letters.getWindowingStrategy().equals(WindowingStrategy.globalDefault())) {
      return letters;
    }
    return letters.apply(
        "Out of windows",
        Window.<DeadLetter>into(new GlobalWindows())
            .triggering(DefaultTrigger.of())
            .withAllowedLateness(Duration.ZERO)
            .discardingFiredPanes());
  }

  public PCollection<T> output() {
    return output;
  }

  public PCollection<DeadLetter> deadLetters() {
    return deadLetters;
  }

  /** Gives the dead letters to Beam's error handler and continues with the output. */
  public PCollection<T> failuresTo(ErrorHandler<BadRecord, ?> handler) {
    handler.addErrorCollection(
        deadLetters
            .apply(
                "To Beam's dead letters of " + deadLetters.getName(),
                MapElements.into(TypeDescriptor.of(BadRecord.class)).via(DeadLetter::toBadRecord))
            .setCoder(BadRecord.getCoder(output.getPipeline())));
    return output;
  }

  /** Adds the dead letters to {@code list} and continues with the output. */
  public PCollection<T> failuresTo(List<PCollection<DeadLetter>> list) {
    list.add(deadLetters);
    return output;
  }

  @Override
  public Pipeline getPipeline() {
    return output.getPipeline();
  }

  @Override
  public Map<TupleTag<?>, PValue> expand() {
    return Map.of(outputTag, output, deadLetterTag, deadLetters);
  }

  @Override
  public void finishSpecifyingOutput(
      String transformName, PInput input, PTransform<?, ?> transform) {}
}
