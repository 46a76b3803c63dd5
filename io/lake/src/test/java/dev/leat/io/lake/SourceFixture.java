package dev.leat.io.lake;

import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import dev.leat.io.spi.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/** Runs a source and keeps what it gives. */
final class SourceFixture {
  private static final Map<String, List<EventBlock>> READ = new ConcurrentHashMap<>();

  private SourceFixture() {}

  /** All events, by id. */
  static List<Event> read(Source.OfEvents source) {
    List<Event> events = new ArrayList<>();
    blocks(source.read()).forEach(block -> block.forEach(events::add));
    events.sort(Comparator.comparing(Event::id));
    return events;
  }

  /** All blocks, in any order. */
  static List<EventBlock> blocks(PTransform<PBegin, PCollection<EventBlock>> read) {
    String key = UUID.randomUUID().toString();
    READ.put(key, Collections.synchronizedList(new ArrayList<>()));
    Pipeline pipeline = LakeFixture.pipeline();
    pipeline.apply("Read", read).apply("Keep", ParDo.of(new Keep(key)));
    pipeline.run().waitUntilFinish();
    return READ.remove(key);
  }

  private static final class Keep extends DoFn<EventBlock, Void> {
    private static final long serialVersionUID = 1L;
    private final String key;

    Keep(String key) {
      this.key = key;
    }

    @ProcessElement
    public void process(@Element EventBlock block) {
      READ.get(key).add(block);
    }
  }
}
