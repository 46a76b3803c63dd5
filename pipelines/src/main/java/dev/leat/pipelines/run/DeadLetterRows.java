package dev.leat.pipelines.run;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.event.Lineage;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters as rows, for any sink: columns as in the table beside a raw one, without the ingest
 * time, because a run from files would write another one each time.
 */
public final class DeadLetterRows
    extends PTransform<PCollection<DeadLetter>, PCollection<RowBlock>> {
  private static final long serialVersionUID = 1L;

  /** The columns. */
  public static final Schema SCHEMA =
      Schema.builder()
          .addByteArrayField("data")
          .addStringField("reason")
          .addStringField("detail")
          .addStringField("step")
          .addNullableField("origin", FieldType.STRING)
          .addNullableField("ingest_partition", FieldType.INT32)
          .addNullableField("ingest_offset", FieldType.INT64)
          .addNullableField("attempt", FieldType.INT32)
          .build();

  /** A record is refused once by a step, however often it is read. */
  static final List<String> KEY = List.of("origin", "ingest_partition", "ingest_offset", "step");

  @Override
  public PCollection<RowBlock> expand(PCollection<DeadLetter> letters) {
    return letters.apply("To rows", ParDo.of(new ToRow())).setCoder(RowBlockCoder.of(SCHEMA));
  }

  private static final class ToRow extends DoFn<DeadLetter, RowBlock> {
    @ProcessElement
    public void process(@Element DeadLetter letter, OutputReceiver<RowBlock> out) {
      Lineage ingest = letter.ingest();
      List<@Nullable Object> values = new ArrayList<>();
      values.add(letter.data().toByteArray());
      values.add(letter.reason().code());
      values.add(letter.detail());
      values.add(letter.step());
      values.add(ingest == null ? null : ingest.origin());
      values.add(ingest == null ? null : ingest.partition());
      values.add(ingest == null ? null : ingest.offset());
      values.add(letter.attempt());
      out.output(RowBlock.of(List.of(Row.withSchema(SCHEMA).attachValues(values))));
    }
  }
}
