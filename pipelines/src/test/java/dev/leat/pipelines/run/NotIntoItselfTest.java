package dev.leat.pipelines.run;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RecordBlock;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.UsageException;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.junit.Test;

public class NotIntoItselfTest {
  private static final Source SOURCE =
      new Source.OfFiles() {
        @Override
        public List<InputFile> files() {
          return List.of(InputFile.of("/data/in/a.jsonl", 1, 1));
        }

        @Override
        public PTransform<PBegin, PCollection<RecordBlock>> read(List<InputFile> files) {
          throw new AssertionError("nothing is to be read");
        }
      };

  @Test
  public void refusesAFolderThatHoldsTheSource() {
    for (String sink : List.of("jsonl:///data/in", "csv:///data", "parquet:///data/x/../in/")) {
      UsageException refusal =
          assertThrows(
              UsageException.class, () -> NotIntoItself.check(SOURCE, ConnectorUri.parse(sink)));

      assertThat(
          refusal.getMessage(),
          is(
              sink
                  + ": expected another folder than that of the source, which has /data/in/a.jsonl"));
    }
  }

  @Test
  public void allowsOtherSinks() {
    for (String sink :
        List.of("jsonl:///data/in2", "jsonl:///data/in/b", "lake:///data/in/t", "stdout:")) {
      NotIntoItself.check(SOURCE, ConnectorUri.parse(sink));
    }
  }
}
