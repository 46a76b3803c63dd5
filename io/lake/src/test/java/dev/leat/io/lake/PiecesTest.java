package dev.leat.io.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.SourceTestUtils;
import org.junit.Test;

public class PiecesTest {
  private static final List<ReadTask> TASKS =
      List.of(
          ReadTask.of("/a.parquet", 900, 4, 500),
          ReadTask.of("/a.parquet", 900, 504, 300),
          ReadTask.of("/b.parquet", 90, 4, 60));

  private final PipelineOptions options = PipelineOptionsFactory.create();
  private final Pieces pieces = new Pieces(TASKS);

  @Test
  public void readsAllInTheirOrder() throws Exception {
    assertThat(SourceTestUtils.readFromSource(pieces, options), is(TASKS));
    assertThat(pieces.getEstimatedSizeBytes(options), is(860L));
  }

  @Test
  public void splitsHaveThemOnce() throws Exception {
    for (long desired : List.of(1L, 4_000L, 1_000_000L)) {
      SourceTestUtils.assertSourcesEqualReferenceSource(
          pieces, pieces.split(desired, options), options);
    }
    assertThat(pieces.split(1, options), hasSize(3));
    assertThat(pieces.split(4_000, options), hasSize(2));
  }

  @Test
  public void ofNoFilesThereAreNone() throws Exception {
    Pieces none = new Pieces(List.of());

    assertThat(SourceTestUtils.readFromSource(none, options), is(empty()));
    assertThat(none.split(1, options), is(empty()));
  }
}
