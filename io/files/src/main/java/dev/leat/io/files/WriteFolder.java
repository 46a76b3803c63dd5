package dev.leat.io.files;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.wait.AllOf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Writes all rows into staged part files, as few as their number allows, and then publishes them
 * with one {@link Publication}.
 */
final class WriteFolder extends PTransform<PCollection<RowBlock>, PDone> {
  private static final long serialVersionUID = 1L;

  /** Rows in a part file, about. */
  static final int ROWS_PER_FILE = 200_000;

  private final Publication publication;
  private final RowPartition partition;
  private final int rowsPerFile;

  WriteFolder(Publication publication, RowPartition partition, int rowsPerFile) {
    this.publication = publication;
    this.partition = partition;
    this.rowsPerFile = rowsPerFile;
  }

  @Override
  public PDone expand(PCollection<RowBlock> rows) {
    RowBlockCoder blocks = RowBlockCoder.of(publication.schema());
    PCollection<KV<String, RowBlock>> partitioned =
        rows.apply("All at once", BoundedRows.inOneWindow())
            .apply("Split by partition", ParDo.of(new SplitByPartition(partition)))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), blocks));
    PCollectionView<Map<String, Long>> counts =
        partitioned
            .apply(
                "Rows of a block",
                MapElements.into(
                        TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
                    .via(block -> KV.of(block.getKey(), (long) block.getValue().rows().size())))
            .apply("Rows of a partition", Sum.longsPerKey())
            .apply("Counts", View.asMap());
    AllOf<PartFile> parts =
        AllOf.gather(
            "Parts",
            partitioned
                .apply(
                    "Choose part",
                    ParDo.of(new ChoosePart(counts, rowsPerFile)).withSideInputs(counts))
                .setCoder(KvCoder.of(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()), blocks))
                .apply("Gather part", GroupByKey.create())
                .apply("Write part", ParDo.of(new WritePart(publication)))
                .setCoder(new PartFile.PartFileCoder()));
    rows.getPipeline()
        .apply("Once", Create.of(publication.runId()))
        .apply("Publish", ParDo.of(new Publish(publication, parts)).withSideInputs(parts.view()));
    return PDone.in(rows.getPipeline());
  }

  private static final class SplitByPartition extends DoFn<RowBlock, KV<String, RowBlock>> {
    private static final long serialVersionUID = 1L;

    private final RowPartition partition;

    SplitByPartition(RowPartition partition) {
      this.partition = partition;
    }

    @ProcessElement
    public void process(@Element RowBlock block, OutputReceiver<KV<String, RowBlock>> out) {
      if (partition == RowPartition.NONE) {
        out.output(KV.of("", block));
        return;
      }
      Map<String, List<Row>> split = new LinkedHashMap<>();
      block.forEach(
          row -> split.computeIfAbsent(partition.of(row), name -> new ArrayList<>()).add(row));
      split.forEach((name, rows) -> out.output(KV.of(name, RowBlock.of(rows))));
    }
  }

  private static final class ChoosePart
      extends DoFn<KV<String, RowBlock>, KV<KV<String, Integer>, RowBlock>> {
    private static final long serialVersionUID = 1L;

    private final PCollectionView<Map<String, Long>> counts;
    private final int rowsPerFile;

    ChoosePart(PCollectionView<Map<String, Long>> counts, int rowsPerFile) {
      this.counts = counts;
      this.rowsPerFile = rowsPerFile;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      KV<String, RowBlock> block = context.element();
      long rows = context.sideInput(counts).getOrDefault(block.getKey(), 1L);
      int parts = (int) Math.max(1, (rows + rowsPerFile - 1) / rowsPerFile);
      // By content, so that a retry chooses as the first attempt did. Hashes of similar rows differ
      // in few bits: the multiplication spreads them to the upper ones, which choose.
      long spread = Integer.toUnsignedLong(block.getValue().hashCode() * 0x9E3779B9);
      int part = (int) (spread * parts >>> 32);
      context.output(KV.of(KV.of(block.getKey(), part), block.getValue()));
    }
  }

  private static final class WritePart
      extends DoFn<KV<KV<String, Integer>, Iterable<RowBlock>>, PartFile> {
    private static final long serialVersionUID = 1L;

    private final Publication publication;

    WritePart(Publication publication) {
      this.publication = publication;
    }

    @ProcessElement
    public void process(
        @Element KV<KV<String, Integer>, Iterable<RowBlock>> part, OutputReceiver<PartFile> out)
        throws IOException {
      // Written once under a name of its own: a second attempt never touches the first one's file.
      String staged = UUID.randomUUID().toString();
      long rows = publication.stage(staged, part.getValue());
      out.output(PartFile.of(staged, part.getKey().getKey(), part.getKey().getValue(), rows));
    }
  }

  private static final class Publish extends DoFn<String, Void> {
    private static final long serialVersionUID = 1L;

    private final Publication publication;
    private final AllOf<PartFile> parts;

    Publish(Publication publication, AllOf<PartFile> parts) {
      this.publication = publication;
      this.parts = parts;
    }

    @ProcessElement
    public void process(ProcessContext context) throws IOException {
      publication.publish(parts.of(context));
    }
  }
}
