package dev.leat.pipelines.backfill;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.pipelines.run.DeadLetterRows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * A chunk's dead letters as rows that have, as {@code window_start}, when the chunk begins: by it
 * they are replaced when the chunk is made again.
 */
final class ChunkLetters extends PTransform<PCollection<DeadLetter>, PCollection<RowBlock>> {
  private static final long serialVersionUID = 1L;

  static final Schema SCHEMA =
      Schema.builder()
          .addDateTimeField("window_start")
          .addFields(DeadLetterRows.SCHEMA.getFields())
          .build();

  private final Instant begin;

  ChunkLetters(Instant begin) {
    this.begin = begin;
  }

  @Override
  public PCollection<RowBlock> expand(PCollection<DeadLetter> letters) {
    return letters
        .apply("To rows", new DeadLetterRows())
        .apply("Of the chunk", ParDo.of(new WithBegin(begin)))
        .setCoder(RowBlockCoder.of(SCHEMA));
  }

  private static final class WithBegin extends DoFn<RowBlock, RowBlock> {
    private static final long serialVersionUID = 1L;

    private final Instant begin;

    WithBegin(Instant begin) {
      this.begin = begin;
    }

    @ProcessElement
    public void process(@Element RowBlock block, OutputReceiver<RowBlock> out) {
      List<Row> rows = new ArrayList<>();
      for (Row row : block) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(org.joda.time.Instant.ofEpochMilli(begin.toEpochMilli()));
        values.addAll(row.getValues());
        rows.add(Row.withSchema(SCHEMA).attachValues(values));
      }
      out.output(RowBlock.of(rows));
    }
  }
}
