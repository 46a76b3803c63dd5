package dev.leat.pipelines.run;

import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.health.Health;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;

/** What a workflow makes of its events: each is in a row, a dead letter, late, or a repeat. */
public final class WorkflowOutput implements POutput {
  private static final TupleTag<RowBlock> ROWS = new TupleTag<>() {};
  private static final TupleTag<DeadLetter> DEAD_LETTERS = new TupleTag<>() {};
  private static final TupleTag<EventBlock> LATE = new TupleTag<>() {};
  private static final TupleTag<String> COUNTS = new TupleTag<>() {};

  private final PCollection<RowBlock> rows;
  private final PCollection<DeadLetter> deadLetters;
  private final PCollection<EventBlock> late;
  private final List<PCollection<Health>> health;
  private final Optional<PCollection<String>> counts;

  WorkflowOutput(
      PCollection<RowBlock> rows,
      PCollection<DeadLetter> deadLetters,
      PCollection<EventBlock> late,
      List<PCollection<Health>> health,
      Optional<PCollection<String>> counts) {
    this.rows = rows;
    this.deadLetters = deadLetters;
    this.late = late;
    this.health = List.copyOf(health);
    this.counts = counts;
  }

  /** The result; live, each row with its revision. */
  public PCollection<RowBlock> rows() {
    return rows;
  }

  /** Events that a step could not use. */
  public PCollection<DeadLetter> deadLetters() {
    return deadLetters;
  }

  /** Events that came after their windows, or their ids, were gone; none on bounded input. */
  public PCollection<EventBlock> late() {
    return late;
  }

  /** What was measured within; nothing without alerts that need it. */
  List<PCollection<Health>> health() {
    return health;
  }

  /**
   * What is counted of a part for its audit, one text.
   *
   * @throws java.util.NoSuchElementException unless it is judged later
   */
  public PCollection<String> counts() {
    return counts.orElseThrow();
  }

  @Override
  public Pipeline getPipeline() {
    return rows.getPipeline();
  }

  @Override
  public Map<TupleTag<?>, PValue> expand() {
    Map<TupleTag<?>, PValue> all = new LinkedHashMap<>();
    all.put(ROWS, rows);
    all.put(DEAD_LETTERS, deadLetters);
    all.put(LATE, late);
    for (int i = 0; i < health.size(); i++) {
      all.put(new TupleTag<Health>("health" + i), health.get(i));
    }
    counts.ifPresent(texts -> all.put(COUNTS, texts));
    return all;
  }

  @Override
  public void finishSpecifyingOutput(
      String transformName, PInput input, PTransform<?, ?> transform) {}
}
