package dev.leat.io.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class FolderSinkTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addNullableField("name", FieldType.STRING)
          .addField("edits", FieldType.INT64)
          .addField("tags", FieldType.array(FieldType.STRING))
          .build();

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;

  @Before
  public void findRoot() throws IOException {
    root = folder.getRoot().toPath().toRealPath();
  }

  @Test
  public void writesASmallResultOfManyBundlesAsOneFile() throws IOException {
    RowSink sink = write("jsonl", "out", "r1", blocks(40, 3));

    assertThat(filesBelow(root), containsInAnyOrder("out/_leat.json", "out/part-00000.jsonl"));
    assertThat(
        lines("out/part-00000.jsonl"),
        containsInAnyOrder(
            IntStream.range(0, 120)
                .mapToObj(i -> "{\"name\":\"n" + i + "\",\"edits\":" + i + ",\"tags\":[]}")
                .toArray()));
    assertThat(
        Files.readString(root.resolve("out/_leat.json")),
        equalTo(
            "{\"runId\":\"r1\",\"complete\":true,\"rows\":120,\"files\":[\"part-00000.jsonl\"],"
                + "\"properties\":{\"workflow\":\"w\"}}"));
    assertThat(
        sink.summary(), equalTo(Optional.of("120 rows in 1 file in " + root.resolve("out"))));
  }

  @Test
  public void writesALargeResultAsSeveralFilesWithEveryRowOnce() throws IOException {
    Publication publication = sink("jsonl", "out", "r1").publication();

    run(blocks(100, 4), new WriteFolder(publication, RowPartition.NONE, 100));

    List<String> files = filesBelow(root);
    assertThat(
        files,
        containsInAnyOrder(
            "out/_leat.json",
            "out/part-00000.jsonl",
            "out/part-00001.jsonl",
            "out/part-00002.jsonl",
            "out/part-00003.jsonl"));
    List<String> lines = new ArrayList<>();
    for (String file : files.subList(1, files.size())) {
      lines.addAll(lines(file));
    }
    assertThat(lines.size(), equalTo(400));
    assertThat(lines.stream().distinct().count(), equalTo(400L));
  }

  @Test
  public void writesCsvByItsRules() throws IOException {
    write(
        "csv",
        "out",
        "r1",
        List.of(RowBlock.of(List.of(row("a,\"b\"\nc", 1, "x", "y"), row(null, 2)))));

    assertThat(
        Files.readString(root.resolve("out/part-00000.csv")),
        equalTo(
            "name,edits,tags\r\n\"a,\"\"b\"\"\nc\",1,\"[\"\"x\"\",\"\"y\"\"]\"\r\n\"\",2,[]\r\n"));
  }

  @Test
  public void showsOneResultWhateverTheWindowsOfTheRows() throws IOException {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(
            Create.timestamped(
                    TimestampedValue.of(RowBlock.of(List.of(row("a", 1))), new Instant(0)),
                    TimestampedValue.of(RowBlock.of(List.of(row("b", 2))), new Instant(7_200_000)))
                .withCoder(RowBlockCoder.of(SCHEMA)))
        .apply(Window.into(FixedWindows.of(Duration.standardHours(1))))
        .apply(sink("jsonl", "out", "r1").write());

    pipeline.run().waitUntilFinish();

    assertThat(
        lines("out/part-00000.jsonl"),
        containsInAnyOrder(
            "{\"name\":\"a\",\"edits\":1,\"tags\":[]}",
            "{\"name\":\"b\",\"edits\":2,\"tags\":[]}"));
  }

  @Test
  public void writesAnEmptyResultAsAFileWithoutRows() throws IOException {
    RowSink sink = write("csv", "out", "r1", List.of());

    assertThat(filesBelow(root), contains("out/_leat.json", "out/part-00000.csv"));
    assertThat(lines("out/part-00000.csv"), contains("name,edits,tags"));
    assertThat(sink.summary(), equalTo(Optional.of("0 rows in 1 file in " + root.resolve("out"))));
  }

  @Test
  public void replacesTheFormerResultAndLeavesOtherFilesAlone() throws IOException {
    run(
        blocks(100, 4),
        new WriteFolder(sink("jsonl", "out", "r1").publication(), RowPartition.NONE, 100));
    Files.writeString(root.resolve("out/notes.txt"), "mine");

    write("csv", "out", "r2", blocks(1, 2));

    assertThat(filesBelow(root), contains("out/_leat.json", "out/notes.txt", "out/part-00000.csv"));
    assertThat(Files.readString(root.resolve("out/notes.txt")), equalTo("mine"));
  }

  @Test
  public void refusesToOverwriteAFileItDidNotWrite() throws IOException {
    write("csv", "out", "r1", blocks(1, 2));
    Files.writeString(root.resolve("out/part-00000.jsonl"), "mine");

    assertThrows(
        Pipeline.PipelineExecutionException.class, () -> write("jsonl", "out", "r2", blocks(1, 2)));

    assertThat(Files.readString(root.resolve("out/part-00000.jsonl")), equalTo("mine"));
    assertThat(lines("out/part-00000.csv").size(), equalTo(3));
  }

  @Test
  public void showsNothingOfARunThatFails() throws IOException {
    write("jsonl", "out", "r1", blocks(1, 1));
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(blocks(5, 5)).withCoder(RowBlockCoder.of(SCHEMA)))
        .apply(ParDo.of(new FailAt("n24")))
        .setCoder(RowBlockCoder.of(SCHEMA))
        .apply(sink("jsonl", "out", "r2").write());

    assertThrows(RuntimeException.class, () -> pipeline.run().waitUntilFinish());

    assertThat(
        lines("out/part-00000.jsonl"), contains("{\"name\":\"n0\",\"edits\":0,\"tags\":[]}"));
    assertThat(filesBelow(root.resolve("out")), contains("_leat.json", "part-00000.jsonl"));
  }

  @Test
  public void publishesARunOnceHoweverOftenItIsRetried() throws IOException {
    Publication publication = sink("jsonl", "out", "r1").publication();
    publication.stage("a", blocks(1, 1));
    List<PartFile> parts = List.of(PartFile.of("a", "", 0, 1));

    publication.publish(parts);
    publication.publish(parts);
    publication.stage("b", blocks(3, 1));
    publication.publish(List.of(PartFile.of("b", "", 0, 3)));

    assertThat(
        lines("out/part-00000.jsonl"), contains("{\"name\":\"n0\",\"edits\":0,\"tags\":[]}"));
    assertThat(filesBelow(root), contains("out/_leat.json", "out/part-00000.jsonl"));
  }

  @Test
  public void saysWhileItIsReplacedAndGoesOnWhereItStopped() throws IOException {
    write("jsonl", "out", "r1", blocks(2, 1));
    Publication publication = sink("jsonl", "out", "r2").publication();
    publication.stage("a", blocks(1, 1));
    List<PartFile> parts = List.of(PartFile.of("a", "", 0, 1), PartFile.of("b", "", 1, 2));

    assertThrows(IOException.class, () -> publication.publish(parts));

    assertThat(publication.manifest().get().complete(), is(false));
    assertThat(
        publication.manifest().get().files(),
        containsInAnyOrder("part-00000.jsonl", "part-00001.jsonl"));

    publication.stage("b", blocks(1, 2));
    publication.publish(parts);

    assertThat(lines("out/part-00000.jsonl").size(), equalTo(1));
    assertThat(lines("out/part-00001.jsonl").size(), equalTo(2));
    assertThat(publication.manifest().get().complete(), is(true));
    assertThat(publication.manifest().get().rows(), equalTo(3L));
  }

  @Test
  public void doesNotTakeTheFormerRunsFileForItsOwn() throws IOException {
    write("jsonl", "out", "r1", blocks(1, 1));
    Publication publication = sink("jsonl", "out", "r2").publication();

    var failure =
        assertThrows(
            IOException.class, () -> publication.publish(List.of(PartFile.of("lost", "", 0, 1))));

    assertThat(
        failure.getMessage(),
        equalTo(
            root.resolve("out/part-00000.jsonl")
                + " cannot be published: its staged file is gone"));
  }

  @Test
  public void mendsWhatARunThatStoppedLeftBehind() throws IOException {
    Publication stopped = sink("jsonl", "out", "r1").publication();
    stopped.stage("b", blocks(1, 1));
    List<PartFile> parts = List.of(PartFile.of("b", "", 7, 1), PartFile.of("a", "", 0, 1));
    assertThrows(IOException.class, () -> stopped.publish(parts));
    assertThat(filesOf("out"), contains("_leat.json", "part-00007.jsonl"));

    write("jsonl", "out", "r2", blocks(1, 3));

    assertThat(filesOf("out"), contains("_leat.json", "part-00000.jsonl"));
    assertThat(lines("out/part-00000.jsonl").size(), equalTo(3));
  }

  @Test
  public void refusesAFolderWithFilesOfOthers() throws IOException {
    Files.createDirectories(root.resolve("out"));
    sink("jsonl", "out", "r1");
    Files.writeString(root.resolve("out/.hidden"), "mine");

    var refusal = assertThrows(UsageException.class, () -> sink("jsonl", "out", "r1"));

    assertThat(
        refusal.getMessage(),
        equalTo(
            "jsonl://"
                + root
                + "/out holds files that Leat did not write; expected a new or an empty folder"));
  }

  @Test
  public void neverDeletesOutsideItsFolderWhateverAManifestSays() throws IOException {
    Files.writeString(root.resolve("precious.jsonl"), "mine");
    Files.createDirectories(root.resolve("out"));
    Files.writeString(
        root.resolve("out/_leat.json"),
        "{\"runId\":\"x\",\"complete\":true,\"files\":[\"../precious.jsonl\"]}");

    assertThrows(UnreachableException.class, () -> sink("jsonl", "out", "r1"));

    assertThat(Files.readString(root.resolve("precious.jsonl")), equalTo("mine"));
  }

  @Test
  public void refusesTargetsThatCannotBeAFolder() throws IOException {
    Files.writeString(root.resolve("file"), "mine");

    assertThat(
        assertThrows(UsageException.class, () -> sink("jsonl", "file", "r1")).getMessage(),
        equalTo("jsonl://" + root + "/file is a file; expected a folder to write into"));
    assertThat(
        assertThrows(UsageException.class, () -> sink("jsonl", "file/out", "r1")).getMessage(),
        equalTo("jsonl://" + root + "/file/out: " + root + "/file is a file; expected a folder"));
    assertThrows(UsageException.class, () -> sink("jsonl", "*.jsonl", "r1"));
    assertThrows(UsageException.class, () -> sink("jsonl", "out", "../r1"));
    assertThrows(UsageException.class, () -> sink("jsonl", "out?partition=date", "r1"));
    assertThat(filesBelow(root), contains("file"));
  }

  @Test
  public void writesNothingBeforeItRuns() throws IOException {
    sink("jsonl", "a b/[é]", "r1").write();

    assertThat(filesBelow(root), empty());

    write("jsonl", "a%20b/[é]", "r2", blocks(1, 1));

    assertThat(filesBelow(root), contains("a b/[é]/_leat.json", "a b/[é]/part-00000.jsonl"));
  }

  @Test
  public void refusesLiveRows() {
    Pipeline pipeline = Pipeline.create();
    PCollection<RowBlock> live =
        pipeline.apply(TestStream.create(RowBlockCoder.of(SCHEMA)).advanceWatermarkToInfinity());

    assertThrows(UsageException.class, () -> live.apply(sink("jsonl", "out", "r1").write()));
  }

  @Test
  public void tellsNothingBeforeItHasRun() throws IOException {
    write("jsonl", "out", "r1", blocks(1, 1));

    assertThat(sink("jsonl", "out", "r2").summary(), equalTo(Optional.empty()));
  }

  private RowSink write(String scheme, String name, String runId, List<RowBlock> blocks) {
    FolderSink sink = sink(scheme, name, runId);
    run(blocks, sink.write());
    return sink;
  }

  private static void run(
      List<RowBlock> blocks, PTransform<PCollection<RowBlock>, ? extends POutput> write) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of(blocks).withCoder(RowBlockCoder.of(SCHEMA))).apply("Write", write);
    pipeline.run().waitUntilFinish();
  }

  private FolderSink sink(String scheme, String name, String runId) {
    return (FolderSink)
        Connectors.load()
            .sink(
                ConnectorUri.parse(scheme + "://" + root + "/" + name),
                SinkRequest.of(runId, SCHEMA, Optional.empty(), Map.of("workflow", "w")));
  }

  private static List<RowBlock> blocks(int blocks, int rows) {
    return IntStream.range(0, blocks)
        .mapToObj(
            block ->
                RowBlock.of(
                    IntStream.range(block * rows, (block + 1) * rows)
                        .mapToObj(i -> row("n" + i, i))
                        .toList()))
        .toList();
  }

  private static Row row(@Nullable String name, long edits, String... tags) {
    return Row.withSchema(SCHEMA).addValue(name).addValue(edits).addValue(List.of(tags)).build();
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(root.resolve(name));
  }

  private List<String> filesOf(String name) throws IOException {
    return filesBelow(root.resolve(name));
  }

  private static List<String> filesBelow(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private static final class FailAt extends DoFn<RowBlock, RowBlock> {
    private static final long serialVersionUID = 1L;

    private final String name;

    FailAt(String name) {
      this.name = name;
    }

    @ProcessElement
    public void process(@Element RowBlock block, OutputReceiver<RowBlock> out) {
      if (block.rows().stream().anyMatch(row -> name.equals(row.getString("name")))) {
        throw new IllegalStateException("as asked");
      }
      out.output(block);
    }
  }
}
