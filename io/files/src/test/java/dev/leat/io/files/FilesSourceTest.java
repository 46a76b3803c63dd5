package dev.leat.io.files;

import static dev.leat.io.spi.RecordFormat.JSONL;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.InputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.SourceTestUtils;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class FilesSourceTest {
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();
  private static final RecordScan SCAN = new RecordScan(JSONL, 1 << 20);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void givesEachRecordOnceHoweverItIsSplit() throws Exception {
    List<InputFile> files = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      files.add(file(i + ".jsonl", "{\"n\":1}\n".repeat(700 * (i % 4))));
    }
    FilesSource source = new FilesSource(files, SCAN);
    long size = source.getEstimatedSizeBytes(OPTIONS);

    assertThat(size, is(files.stream().mapToLong(InputFile::sizeBytes).sum()));
    for (long desired : new long[] {0, 1, size / 10, size, 100 * size}) {
      SourceTestUtils.assertSourcesEqualReferenceSource(
          source, source.split(desired, OPTIONS), OPTIONS);
    }
  }

  @Test
  public void givesEachLargeFileToWhoeverIsFree() throws Exception {
    List<InputFile> files = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      files.add(file(i + ".jsonl", "{\"n\":1}\n".repeat(100)));
    }
    FilesSource source = new FilesSource(files, SCAN);

    assertThat(source.split(source.getEstimatedSizeBytes(OPTIONS) / 2, OPTIONS).size(), is(8));
  }

  @Test
  public void putsManySmallFilesIntoFewParts() {
    List<InputFile> files = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      files.add(InputFile.of("/data/" + i, 10, 0));
    }

    assertThat(new FilesSource(files, SCAN).split(50_000, OPTIONS).size(), lessThan(20));
  }

  @Test
  public void stopsAtAFileThatWentAway() throws Exception {
    InputFile there = file("a.jsonl", "1\n");
    InputFile gone = file("b.jsonl", "2\n");
    Files.delete(Path.of(gone.name()));

    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                SourceTestUtils.readFromSource(
                    new FilesSource(List.of(there, gone), SCAN), OPTIONS));

    assertThat(
        failure.getMessage(),
        is("cannot read " + gone.name() + ", which was there when the run began"));
  }

  private InputFile file(String name, String content) throws IOException {
    Path file = folder.getRoot().toPath().resolve(name);
    Files.writeString(file, content);
    return InputFile.of(file.toString(), Files.size(file), 0);
  }
}
