package dev.leat.pipelines.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Outcome;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.field.FieldRef;
import dev.leat.field.Values;
import dev.leat.health.Counters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.jspecify.annotations.Nullable;

/**
 * Events as rows, for a workflow without an aggregate: the envelope, the payload as text (base64
 * where it is not UTF-8), each derived field as text.
 */
final class EventRows extends PTransform<PCollection<EventBlock>, Outcome<RowBlock>> {
  private static final long serialVersionUID = 1L;

  private static final TupleTag<RowBlock> ROWS = new TupleTag<>() {};
  private static final TupleTag<DeadLetter> DEAD_LETTERS = new TupleTag<>() {};

  private final List<String> derived;

  private EventRows(List<String> derived) {
    this.derived = List.copyOf(derived);
  }

  static EventRows of(List<String> derived) {
    return new EventRows(derived);
  }

  static Schema schema(List<String> derived) {
    Schema.Builder schema =
        Schema.builder()
            .addStringField("id")
            .addStringField("source")
            .addStringField("type")
            .addNullableField("subject", FieldType.STRING)
            .addDateTimeField("time")
            .addStringField("tenant")
            .addNullableField("sequence", FieldType.INT64)
            .addStringField("content_type")
            .addStringField("data");
    derived.forEach(name -> schema.addNullableField(name, FieldType.STRING));
    return schema.build();
  }

  @Override
  public Outcome<RowBlock> expand(PCollection<EventBlock> events) {
    PCollectionTuple out =
        events.apply(
            "To rows",
            ParDo.of(new ToRows(derived)).withOutputTags(ROWS, TupleTagList.of(DEAD_LETTERS)));
    return Outcome.of(
        out.get(ROWS).setCoder(RowBlockCoder.of(schema(derived))),
        out.get(DEAD_LETTERS).setCoder(DeadLetterCoder.of()));
  }

  private static final class ToRows extends DoFn<EventBlock, RowBlock> {
    private static final Counter USED = Counters.counter(Counters.USED);
    private static final Counter WRITTEN = Counters.counter(Counters.ROWS);
    private static final Counter REFUSED = Counters.counter(Counters.DEAD_LETTERS);

    private final List<FieldRef> fields;
    private final Schema schema;

    ToRows(List<String> derived) {
      this.fields = derived.stream().map(FieldRef::parse).toList();
      this.schema = schema(derived);
    }

    @ProcessElement
    public void process(@Element EventBlock block, MultiOutputReceiver out) {
      List<Row> rows = new ArrayList<>(block.count());
      for (Event event : block) {
        try {
          rows.add(row(event));
          USED.inc();
          WRITTEN.inc();
        } catch (RejectedException e) {
          REFUSED.inc();
          out.get(DEAD_LETTERS).output(DeadLetter.of(event, e, "rows"));
        }
      }
      if (!rows.isEmpty()) {
        out.get(ROWS).output(RowBlock.of(rows));
      }
    }

    private Row row(Event event) {
      List<@Nullable Object> values = new ArrayList<>();
      values.add(event.id());
      values.add(event.source());
      values.add(event.type());
      values.add(event.subject());
      values.add(event.timestamp());
      values.add(event.tenant());
      values.add(event.sequence());
      values.add(event.contentType());
      values.add(textOf(event.data().toByteArray()));
      for (FieldRef field : fields) {
        values.add(Values.text(event.derived().path(field.toString()), field));
      }
      return Row.withSchema(schema).attachValues(values);
    }

    private static String textOf(byte[] data) {
      String text = new String(data, UTF_8);
      return Arrays.equals(text.getBytes(UTF_8), data)
          ? text
          : Base64.getEncoder().encodeToString(data);
    }
  }
}
