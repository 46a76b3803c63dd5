package dev.leat.io.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RecordBlock;
import dev.leat.ingest.RawRecord;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.Reify;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class FilesConnectorTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private Path root;

  @Before
  public void createFiles() throws IOException {
    root = folder.getRoot().toPath().toRealPath();
  }

  @Test
  public void readsEveryFileOfAGlobOnceWithItsOrigin() throws IOException {
    write("a b.jsonl", "1\n2\n");
    write("é.jsonl", "3");
    write("empty.jsonl", "");

    PCollection<RecordBlock> blocks = pipeline.apply("Read", source(root + "/*.jsonl").read());

    PCollection<String> records =
        blocks.apply(
            FlatMapElements.into(TypeDescriptors.strings())
                .via((RecordBlock block) -> texts(block)));
    PAssert.that(records)
        .containsInAnyOrder(
            root + "/a b.jsonl:1:1", root + "/a b.jsonl:2:2", root + "/é.jsonl:1:3");
    PCollection<Boolean> stamps =
        blocks
            .apply(Reify.timestamps())
            .apply(
                org.apache.beam.sdk.transforms.MapElements.into(TypeDescriptors.booleans())
                    .via(FilesConnectorTest::isUndated));
    PAssert.that(stamps).containsInAnyOrder(true, true);
    pipeline.run().waitUntilFinish();
  }

  @Test
  public void readsOnlyTheFilesChosen() throws IOException {
    write("a.jsonl", "1");
    write("b.jsonl", "2");
    Source.OfFiles source = source(root + "/*.jsonl");

    PCollection<RecordBlock> blocks =
        pipeline.apply("Read", source.read(source.files().subList(1, 2)));
    PCollection<RecordBlock> none = pipeline.apply("Read none", source.read(List.of()));

    PAssert.that(blocks)
        .containsInAnyOrder(
            RecordBlock.builder(root + "/b.jsonl", 0, null).add(1, new byte[] {'2'}, 0, 1).build());
    PAssert.that(none).empty();
    pipeline.run().waitUntilFinish();
  }

  @Test
  public void failsTheRunWhenAListedFileIsGone() throws IOException {
    Path file = write("a.jsonl", "1");
    Source.OfFiles source = source(root + "/*.jsonl");
    Files.delete(file);

    pipeline.apply("Read", source.read());

    // Of a source the DirectRunner wraps what is thrown in a RuntimeException of its own.
    var failure = assertThrows(RuntimeException.class, () -> pipeline.run());
    assertThat(failure.getCause(), instanceOf(IOException.class));
    assertThat(
        failure.getCause().getMessage(),
        equalTo("cannot read " + file + ", which was there when the run began"));
  }

  @Test
  public void listsFilesByNameWithSizeAndTime() throws IOException {
    Path second = write("b.jsonl", "12345");
    Path first = write("a.jsonl", "1");
    write("c.csv", "1");

    assertThat(
        source(root + "/{a,b}.jsonl").files(),
        contains(
            InputFile.of(first.toString(), 1, Files.getLastModifiedTime(first).toMillis()),
            InputFile.of(second.toString(), 5, Files.getLastModifiedTime(second).toMillis())));
  }

  @Test
  public void matchesEveryKindOfWildcard() throws IOException {
    write("a1.jsonl", "");
    write("a22.jsonl", "");
    write("x/y/a3.jsonl", "");

    assertThat(names("/a?.jsonl"), contains("/a1.jsonl"));
    assertThat(names("/a*"), contains("/a1.jsonl", "/a22.jsonl"));
    assertThat(names("/**/a*.jsonl"), contains("/x/y/a3.jsonl"));
    assertThat(names("/**.jsonl"), contains("/a1.jsonl", "/a22.jsonl", "/x/y/a3.jsonl"));
    assertThat(names("/{a1,a22}.jsonl"), contains("/a1.jsonl", "/a22.jsonl"));
    assertThat(names("/./x/../a1.jsonl"), contains("/a1.jsonl"));
  }

  @Test
  public void matchesHiddenNamesOnlyWhenTheGlobSaysSo() throws IOException {
    write("a.jsonl", "");
    write(".b.jsonl", "");
    write(".staging/c.jsonl", "");
    write("x/.d.jsonl", "");

    assertThat(names("/**.jsonl"), contains("/a.jsonl"));
    assertThat(names("/.*.jsonl"), contains("/.b.jsonl"));
    assertThat(names("/.staging/*.jsonl"), contains("/.staging/c.jsonl"));
    assertThat(names("/x/.d.jsonl"), contains("/x/.d.jsonl"));
  }

  @Test
  public void refusesAFolder() {
    var refusal = assertThrows(UsageException.class, () -> source(root.toString()));

    assertThat(
        refusal.getMessage(),
        equalTo(
            "files://"
                + root
                + " is a folder; expected files, for example files://"
                + root
                + "/*.jsonl"));
  }

  @Test
  public void saysWhenThereIsNoSuchFile() {
    var missing = assertThrows(UnreachableException.class, () -> source(root + "/no.jsonl"));
    var noMatch = assertThrows(UnreachableException.class, () -> source(root + "/no/*.jsonl"));

    assertThat(
        missing.getMessage(), equalTo("files://" + root + "/no.jsonl: there is no such file"));
    assertThat(noMatch.getMessage(), equalTo("files://" + root + "/no/*.jsonl: no file matches"));
  }

  @Test
  public void refusesUnknownParametersAndLimits() throws IOException {
    write("a.jsonl", "");

    var watch = assertThrows(UsageException.class, () -> source(root + "/a.jsonl?watch=10s"));
    var limit =
        assertThrows(UsageException.class, () -> source(root + "/a.jsonl?maxRecordBytes=1k"));

    assertThat(
        watch.getMessage(),
        equalTo(
            "files://"
                + root
                + "/a.jsonl?watch=10s: unknown parameter 'watch'; known are maxRecordBytes"));
    assertThat(limit.getMessage(), equalTo("maxRecordBytes: expected 1024 to 67108864, got 1k"));
    assertThat(source(root + "/a.jsonl?maxRecordBytes=1024").files().size(), equalTo(1));
  }

  @Test
  public void refusesAFileSystemThatIsNotThere() {
    assertThrows(
        UsageException.class,
        () ->
            Connectors.load()
                .source(ConnectorUri.parse("files:nosuch://b/x"), SourceRequest.defaults()));
  }

  private static boolean isUndated(TimestampedValue<RecordBlock> block) {
    return block.getTimestamp().equals(BoundedWindow.TIMESTAMP_MIN_VALUE);
  }

  private static List<String> texts(RecordBlock block) {
    List<String> texts = new java.util.ArrayList<>();
    for (RawRecord record : block) {
      texts.add(
          record.origin()
              + ":"
              + record.offset()
              + ":"
              + new String(record.data().toByteArray(), UTF_8));
    }
    return texts;
  }

  private List<String> names(String glob) {
    return source(root + glob).files().stream()
        .map(file -> file.name().substring(root.toString().length()))
        .toList();
  }

  private static Source.OfFiles source(String path) {
    return (Source.OfFiles)
        Connectors.load().source(ConnectorUri.parse("files://" + path), SourceRequest.defaults());
  }

  private Path write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
