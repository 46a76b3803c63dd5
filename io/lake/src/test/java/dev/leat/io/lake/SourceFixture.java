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
import org.apache.beam.sdk.transforms.ParDo;

/** Runs a source and keeps what it gives. */
final class SourceFixture {
  private static final Map<String, List<Event>> READ = new ConcurrentHashMap<>();

  private SourceFixture() {}

  /** All events, by id. */
  static List<Event> read(Source.OfEvents source) {
    String key = UUID.randomUUID().toString();
    READ.put(key, Collections.synchronizedList(new ArrayList<>()));
    Pipeline pipeline = LakeFixture.pipeline();
    pipeline.apply("Read", source.read()).apply("Keep", ParDo.of(new Keep(key)));
    pipeline.run().waitUntilFinish();
    List<Event> events = new ArrayList<>(READ.remove(key));
    events.sort(Comparator.comparing(Event::id));
    return events;
  }

  private static final class Keep extends DoFn<EventBlock, Void> {
    private static final long serialVersionUID = 1L;
    private final String key;

    Keep(String key) {
      this.key = key;
    }

    @ProcessElement
    public void process(@Element EventBlock block) {
      block.forEach(READ.get(key)::add);
    }
  }
}
