package dev.leat.io.lake;

import com.google.common.collect.ImmutableMap;
import dev.leat.block.RowBlock;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import dev.leat.wait.AllOf;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.PDone;

/** Writes the rows of a chunk, and makes them a commit on the backfill's branch. */
final class WriteChunk extends PTransform<PCollection<RowBlock>, PDone> {
  private static final long serialVersionUID = 1L;

  private final DerivedRows rows;
  private final CommitChunk.Target target;
  private final TimeRange chunk;
  private final transient PCollection<String> counts;

  WriteChunk(
      DerivedRows rows,
      String branch,
      String backfill,
      TimeRange chunk,
      ImmutableMap<String, String> properties,
      PCollection<String> counts) {
    this.rows = rows;
    this.chunk = chunk;
    this.target =
        new CommitChunk.Target(rows, branch, backfill, chunk.start(), chunk.end(), properties);
    this.counts = counts;
  }

  @Override
  public PDone expand(PCollection<RowBlock> input) {
    AllOf<StagedFile> files = RouteRows.stage(input, rows, TimeRanges.of(chunk));
    PCollectionView<String> audit =
        counts
            .apply("All counts", Window.<String>into(new GlobalWindows()))
            .apply("Counts", View.asSingleton());
    input
        .getPipeline()
        .apply("Once", Create.of(chunk.start() + "/" + chunk.end()))
        .apply(
            "Commit",
            ParDo.of(new CommitChunk(target, files, audit)).withSideInputs(files.view(), audit));
    return PDone.in(input.getPipeline());
  }
}
