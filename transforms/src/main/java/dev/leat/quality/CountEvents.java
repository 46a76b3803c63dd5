package dev.leat.quality;

import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import dev.leat.field.EventView;
import dev.leat.field.PayloadReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.jspecify.annotations.Nullable;

/** Counts a bundle's events for the rules, and emits one tally for it. */
abstract class CountEvents<InputT> extends DoFn<InputT, Tally> {
  private final List<QualityRule> rules;
  private final PayloadReader reader;
  private final boolean looksAtFields;
  private transient @Nullable Counts counts;

  CountEvents(List<QualityRule> rules, PayloadReader reader) {
    this.rules = List.copyOf(rules);
    this.reader = reader;
    this.looksAtFields = rules.stream().anyMatch(QualityRule::looksAtFields);
  }

  @StartBundle
  public void start() {
    counts = new Counts(rules.size());
  }

  final boolean looksAtFields() {
    return looksAtFields;
  }

  final void count(long millis) {
    Counts current = current();
    current.events++;
    current.lastMillis = Math.max(current.lastMillis, millis);
    for (int i = 0; i < rules.size(); i++) {
      rules.get(i).count(millis, current.cells.get(i));
    }
  }

  final void look(Event event) {
    EventView view = new EventView(event, reader);
    for (int i = 0; i < rules.size(); i++) {
      rules.get(i).look(view, current().cells.get(i));
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    Counts current = current();
    context.output(
        Tally.ofEvents(current.events, current.lastMillis, current.cells),
        GlobalWindow.INSTANCE.maxTimestamp(),
        GlobalWindow.INSTANCE);
  }

  private Counts current() {
    Counts current = counts;
    if (current == null) {
      throw new IllegalStateException("no bundle has begun");
    }
    return current;
  }

  private static final class Counts {
    private final List<CellMap> cells = new ArrayList<>();
    private long events;
    private long lastMillis = Long.MIN_VALUE;

    Counts(int rules) {
      for (int i = 0; i < rules; i++) {
        cells.add(new CellMap());
      }
    }
  }

  private static final class CellMap extends HashMap<Long, Long> implements QualityRule.Cells {
    private static final long serialVersionUID = 1L;

    @Override
    public void increment(long cell) {
      merge(cell, 1L, Long::sum);
    }
  }

  static final class OfEvents extends CountEvents<Event> {
    OfEvents(List<QualityRule> rules, PayloadReader reader) {
      super(rules, reader);
    }

    @ProcessElement
    public void process(@Element Event event) {
      count(event.time().toEpochMilli());
      if (looksAtFields()) {
        look(event);
      }
    }
  }

  /** An event is decoded only where a rule is about a field. */
  static final class OfBlocks extends CountEvents<EventBlock> {
    OfBlocks(List<QualityRule> rules, PayloadReader reader) {
      super(rules, reader);
    }

    @ProcessElement
    public void process(@Element EventBlock block) {
      EventBlock.Cursor cursor = block.cursor();
      while (cursor.hasNext()) {
        cursor.next();
        if (cursor.isLetter()) {
          continue;
        }
        count(cursor.millis());
        if (looksAtFields()) {
          look(cursor.event());
        }
      }
    }
  }
}
