package dev.leat.io.jdbc;

import dev.leat.block.RowBlock;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.UsageException;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PDone;
import org.joda.time.Duration;

/** Gathers the rows of a bounded run, as text, where one transaction writes them. */
final class Replace extends PTransform<PCollection<RowBlock>, PDone> {
  private static final long serialVersionUID = 1L;

  private final CopyText encode;
  private final ReplaceRows replace;

  Replace(Database database, RowTable table, SinkRequest request) {
    this.encode =
        new CopyText(
            table,
            request.eventTime().map(times -> times.single().start()).orElse(null),
            request.eventTime().map(times -> times.single().end()).orElse(null));
    this.replace = new ReplaceRows(database, table, request);
  }

  @Override
  public PDone expand(PCollection<RowBlock> rows) {
    if (rows.isBounded() == IsBounded.UNBOUNDED) {
      throw new UsageException(
          "a result is replaced when it is whole, and a live run's never is; expected a bounded"
              + " source");
    }
    Coder<KV<Integer, byte[]>> texts = KvCoder.of(VarIntCoder.of(), ByteArrayCoder.of());
    PCollection<KV<Integer, byte[]>> copied =
        rows.apply(
                "All at once",
                Window.<RowBlock>into(new GlobalWindows())
                    .triggering(DefaultTrigger.of())
                    .withAllowedLateness(Duration.ZERO)
                    .discardingFiredPanes())
            .apply("To text", ParDo.of(encode))
            .setCoder(texts);
    // A result without rows replaces the former one too.
    PCollection<KV<Integer, byte[]>> nothing =
        rows.getPipeline().apply("Nothing", Create.of(KV.of(0, new byte[0])).withCoder(texts));
    PCollectionList.of(copied)
        .and(nothing)
        .apply("With nothing", Flatten.pCollections())
        .apply("Gather", GroupByKey.create())
        .apply("Replace", ParDo.of(replace));
    return PDone.in(rows.getPipeline());
  }
}
