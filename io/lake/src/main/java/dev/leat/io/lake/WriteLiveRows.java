package dev.leat.io.lake;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.LiveRows;
import java.time.Duration;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.GroupIntoBatches;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Gathers the rows of a live run in one place and commits them every so often. One writer for the
 * table: rows are results, and far fewer than events.
 */
final class WriteLiveRows extends PTransform<PCollection<RowBlock>, PDone> {
  private static final long serialVersionUID = 1L;

  /** Gathered rows are state until they are committed. */
  private static final long MAX_BATCH_BYTES = 16L << 20;

  private final RowTarget target;
  private final Duration commitEvery;

  WriteLiveRows(RowTarget target, Duration commitEvery) {
    this.target = target;
    this.commitEvery = commitEvery;
  }

  @Override
  public PDone expand(PCollection<RowBlock> input) {
    RowBlockCoder coder = RowBlockCoder.of(LiveRows.schema(target.rows().rows()));
    input
        .apply("All live rows", Window.<RowBlock>into(new GlobalWindows()))
        .apply("One writer", WithKeys.of(target.rows().name().toString()))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), coder))
        .apply(
            "Gather",
            GroupIntoBatches.<String, RowBlock>ofByteSize(MAX_BATCH_BYTES)
                .withMaxBufferingDuration(org.joda.time.Duration.millis(commitEvery.toMillis())))
        .apply("Commit live rows", ParDo.of(new CommitLiveRows(target)));
    return PDone.in(input.getPipeline());
  }
}
