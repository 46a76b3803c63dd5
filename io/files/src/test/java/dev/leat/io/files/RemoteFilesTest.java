package dev.leat.io.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RecordBlock;
import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.Before;
import org.junit.Test;

/** Sources and sinks on a file system that is not local and has no folders. */
public class RemoteFilesTest {
  private static final Schema SCHEMA =
      Schema.builder().addInt64Field("n").addDateTimeField("window_start").build();

  @Before
  public void registerFileSystem() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
    MemoryFileSystem.OBJECTS.clear();
  }

  @Test
  public void readsObjects() {
    put("mem://b/in/a.jsonl", "1\n2\n");
    put("mem://b/in/deep/b.jsonl", "3\n");
    put("mem://b/in/.staging/c.jsonl", "4\n");

    assertThat(
        read("files:mem://b/in/**.jsonl"),
        containsInAnyOrder(
            "mem://b/in/a.jsonl:1:1", "mem://b/in/a.jsonl:2:2", "mem://b/in/deep/b.jsonl:1:3"));
    assertThat(read("files:mem://b/in/a.jsonl").size(), equalTo(2));
    assertThrows(UnreachableException.class, () -> read("files:mem://b/in/none*"));
    assertThrows(UnreachableException.class, () -> read("files:mem://b/in"));
  }

  @Test
  public void writesAndReplacesAResult() {
    write("jsonl:mem://b/out/", "r1", 3);
    write("jsonl:mem://b/out", "r2", 1);

    assertThat(
        MemoryFileSystem.OBJECTS.keySet(),
        contains("mem://b/out/_leat.json", "mem://b/out/part-00000.jsonl"));
    assertThat(
        new String(MemoryFileSystem.OBJECTS.get("mem://b/out/part-00000.jsonl"), UTF_8),
        equalTo("{\"n\":0,\"window_start\":\"1970-01-01T00:00:00Z\"}\n"));
  }

  @Test
  public void readsTheParquetItWrote() {
    write("parquet:mem://b/out?partition=date", "r1", 2);

    assertThat(
        read("parquet:mem://b/out/**.parquet"),
        containsInAnyOrder(
            "mem://b/out/date=1970-01-01/part-00000.parquet:1:"
                + "{\"n\":0,\"window_start\":\"1970-01-01T00:00:00Z\",\"date\":\"1970-01-01\"}",
            "mem://b/out/date=1970-01-02/part-00000.parquet:1:"
                + "{\"n\":1,\"window_start\":\"1970-01-02T00:00:00Z\",\"date\":\"1970-01-02\"}"));
    assertThat(read("parquet:mem://b/out").size(), equalTo(2));
  }

  @Test
  public void refusesWhatIsNotItsOwn() {
    put("mem://b/out/precious.csv", "mine");

    assertThrows(UsageException.class, () -> write("csv:mem://b/out", "r1", 1));
    assertThrows(UsageException.class, () -> write("csv:mem://b", "r1", 1));
    assertThrows(UsageException.class, () -> write("csv:none://b/out", "r1", 1));
    assertThat(MemoryFileSystem.OBJECTS.keySet(), contains("mem://b/out/precious.csv"));
  }

  private static void put(String name, String text) {
    MemoryFileSystem.OBJECTS.put(name, text.getBytes(UTF_8));
  }

  private static List<String> read(String uri) {
    Source.OfFiles source =
        (Source.OfFiles)
            Connectors.load().source(ConnectorUri.parse(uri), SourceRequest.defaults());
    List<String> found = new ArrayList<>();
    source
        .files()
        .forEach(
            file -> {
              try {
                ((ListedFiles) source).scan().scan(file, block -> found.addAll(texts(block)));
              } catch (java.io.IOException e) {
                throw new AssertionError(e);
              }
            });
    Pipeline pipeline = Pipeline.create();
    PAssert.that(
            pipeline
                .apply(source.read())
                .apply(
                    FlatMapElements.into(TypeDescriptors.strings())
                        .via((RecordBlock block) -> texts(block))))
        .containsInAnyOrder(found);
    pipeline.run().waitUntilFinish();
    return found;
  }

  private static List<String> texts(RecordBlock block) {
    List<String> texts = new ArrayList<>();
    block.forEach(
        record ->
            texts.add(
                record.origin()
                    + ":"
                    + record.offset()
                    + ":"
                    + new String(record.data().toByteArray(), UTF_8)));
    return texts;
  }

  private static void write(String uri, String runId, int rows) {
    RowBlock block =
        RowBlock.of(
            IntStream.range(0, rows)
                .mapToObj(
                    i ->
                        Row.withSchema(SCHEMA)
                            .addValues((long) i, new org.joda.time.Instant(i * 86_400_000L))
                            .build())
                .toList());
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(List.of(block)).withCoder(RowBlockCoder.of(SCHEMA)))
        .apply(
            Connectors.load()
                .sink(
                    ConnectorUri.parse(uri),
                    SinkRequest.of(runId, SCHEMA, Optional.empty(), Map.of()))
                .write());
    pipeline.run().waitUntilFinish();
  }
}
