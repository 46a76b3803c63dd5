package dev.leat.io.lake;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Reason;
import dev.leat.event.Event;
import dev.leat.event.EventBytes;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.InputFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/** Events, dead letters and pipelines for the lake's tests. */
final class LakeFixture {
  static final Instant INGESTED = Instant.parse("2026-01-02T03:04:05.678Z");

  private LakeFixture() {}

  static ConnectorUri uri(Path warehouse, String rest) {
    return ConnectorUri.parse("lake://" + warehouse + "/" + rest);
  }

  static InputFile file(String name) {
    return InputFile.of(name, 100, 1);
  }

  static Event event(String id, String time, String tenant, String origin, long offset) {
    return Event.builder()
        .id(id)
        .source("test")
        .type("test.event")
        .time(Instant.parse(time))
        .tenant(tenant)
        .data(Payload.utf8("{\"id\":\"" + id + "\"}"))
        .ingest(Lineage.of(INGESTED, origin, 0, offset))
        .build();
  }

  static RawBlock rawBlock(List<Event> events) {
    RawBlock.Builder block = new RawBlock.Builder();
    EventBytes bytes = new EventBytes();
    EventBlock.Cursor cursor = EventBlock.of(events).cursor();
    while (cursor.hasNext()) {
      cursor.next();
      bytes.read(cursor.encoded());
      block.add(bytes);
    }
    return block.build();
  }

  static DeadLetter letter(String origin, long offset) {
    return DeadLetter.of(
        Payload.utf8("{broken"),
        Reason.MALFORMED,
        "not JSON: it ends too early",
        "Parse",
        Lineage.of(INGESTED, origin, 0, offset));
  }

  static Pipeline pipeline() {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--targetParallelism=1", "--enforceEncodability=true", "--runner=DirectRunner")
            .create();
    return Pipeline.create(options);
  }

  static void ingest(
      RawLake lake, String runId, IngestPlan plan, List<Event> events, List<DeadLetter> letters) {
    Pipeline pipeline = pipeline();
    List<EventBlock> blocks = new ArrayList<>();
    EventBlock.Builder block = new EventBlock.Builder();
    for (Event event : events) {
      block.add(event);
      if (block.isFull()) {
        blocks.add(block.build());
      }
    }
    if (!block.isEmpty()) {
      blocks.add(block.build());
    }
    pipeline
        .apply("Events", Create.of(blocks).withCoder(EventBlockCoder.of()))
        .apply(
            "Ingest",
            lake.ingest(runId, plan)
                .withProperties(Map.of("workflow-version", "v1"))
                .withDeadLetters(
                    pipeline.apply("Letters", Create.of(letters).withCoder(DeadLetterCoder.of()))));
    pipeline.run().waitUntilFinish();
  }

  /** One event and one dead letter of each file, all in one partition. */
  static void ingestFiles(RawLake lake, String runId, IngestPlan plan) {
    List<Event> events = new ArrayList<>();
    List<DeadLetter> letters = new ArrayList<>();
    for (InputFile file : plan.files()) {
      events.add(event("of " + file.name(), "2015-09-12T13:00:00Z", "en", file.name(), 1));
      letters.add(letter(file.name(), 2));
    }
    ingest(lake, runId, plan, events, letters);
  }

  /** A column of all rows, sorted. */
  static List<String> column(LakeTable name, String column) {
    try (Warehouse.OpenTable open = Warehouse.openTable(name);
        CloseableIterable<Record> rows = IcebergGenerics.read(open.table()).build()) {
      List<String> values = new ArrayList<>();
      rows.forEach(row -> values.add(String.valueOf(row.getField(column))));
      values.sort(null);
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> filesUnder(Path folder, String suffix) {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .filter(file -> file.endsWith(suffix))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
