package dev.leat.dedup;

import com.google.common.collect.ImmutableMap;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.Outcome;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;

/** What {@link BySequence} gives: the kept events, the gaps, and what it refused. */
public final class Sequenced<T> implements POutput {
  private final Outcome<T> outcome;
  private final PCollection<SequenceGap> gaps;
  private final TupleTag<SequenceGap> gapsTag = new TupleTag<>() {};

  private Sequenced(Outcome<T> outcome, PCollection<SequenceGap> gaps) {
    this.outcome = outcome;
    this.gaps = gaps;
  }

  static <T> Sequenced<T> of(Outcome<T> outcome, PCollection<SequenceGap> gaps) {
    return new Sequenced<>(outcome, gaps);
  }

  /** One event of each number of each producer. */
  public PCollection<T> output() {
    return outcome.output();
  }

  /** What is missing. */
  public PCollection<SequenceGap> gaps() {
    return gaps;
  }

  /** Events without a number, or of a producer whose numbers do not follow one another. */
  public PCollection<DeadLetter> deadLetters() {
    return outcome.deadLetters();
  }

  /** Adds the dead letters to {@code list} and continues with the output. */
  public PCollection<T> failuresTo(List<PCollection<DeadLetter>> list) {
    return outcome.failuresTo(list);
  }

  /** Gives the dead letters to Beam's error handler and continues with the output. */
  public PCollection<T> failuresTo(ErrorHandler<BadRecord, ?> handler) {
    return outcome.failuresTo(handler);
  }

  @Override
  public Pipeline getPipeline() {
    return outcome.getPipeline();
  }

  @Override
  public Map<TupleTag<?>, PValue> expand() {
    return ImmutableMap.<TupleTag<?>, PValue>builder()
        .putAll(outcome.expand())
        .put(gapsTag, gaps)
        .build();
  }

  @Override
  public void finishSpecifyingOutput(
      String transformName, PInput input, PTransform<?, ?> transform) {}
}
