package dev.leat.health;

import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import dev.leat.event.Lineage;
import java.time.Duration;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.jspecify.annotations.Nullable;

/**
 * Measures elements as they pass, a bundle at a time, and changes none of them. Put together, the
 * parts are what {@link dev.leat.alert.RaiseAlerts} judges.
 *
 * <pre>{@code
 * PCollection<Health> health =
 *     PCollectionList.of(events.apply("Measure events", MeasureHealth.ofEvents()))
 *         .and(rejected.apply("Measure dead letters", MeasureHealth.counting(1, DEAD_LETTERS)))
 *         .apply("All measures", Flatten.pCollections());
 * }</pre>
 */
public final class MeasureHealth {
  private MeasureHealth() {}

  /**
   * Counts events as {@link Health.Count#READ}, and measures how long after its time each was
   * taken: until the time of its {@link Event#ingest()}. Of an event without lineage that is not
   * known.
   */
  public static PTransform<PCollection<Event>, PCollection<Health>> ofEvents() {
    return measuring(new OfEvents());
  }

  /** The same on blocks. */
  public static PTransform<PCollection<EventBlock>, PCollection<Health>> ofBlocks() {
    return measuring(new OfBlocks());
  }

  /**
   * Counts elements, each as all of {@code as}.
   *
   * @param weight what each counts; -1 takes it away again
   */
  public static <T> PTransform<PCollection<T>, PCollection<Health>> counting(
      long weight, Health.Count... as) {
    return measuring(new Counting<>(weight, as));
  }

  /** The same of the events of blocks. */
  public static PTransform<PCollection<EventBlock>, PCollection<Health>> countingBlocks(
      long weight, Health.Count as) {
    return measuring(new CountingBlocks(weight, as));
  }

  private static <T> PTransform<PCollection<T>, PCollection<Health>> measuring(Measure<T> measure) {
    return new PTransform<>() {
      @Override
      public PCollection<Health> expand(PCollection<T> elements) {
        return elements
            .apply(
                "In one window",
                Window.<T>into(new GlobalWindows())
                    .triggering(DefaultTrigger.of())
                    .withAllowedLateness(org.joda.time.Duration.ZERO)
                    .discardingFiredPanes())
            .apply("Measure", ParDo.of(measure))
            .setCoder(HealthCoder.of());
      }
    };
  }

  private abstract static class Measure<T> extends DoFn<T, Health> {
    private static final long serialVersionUID = 1L;

    private transient Health.@Nullable Sum sum;

    abstract void add(T element, Health.Sum sum);

    @ProcessElement
    public void process(@Element T element) {
      Health.Sum current = sum;
      if (current == null) {
        current = new Health.Sum();
        sum = current;
      }
      add(element, current);
    }

    /** At the end of time, where it is never late and holds no watermark back. */
    @FinishBundle
    public void finish(FinishBundleContext context) {
      Health.Sum current = sum;
      sum = null;
      if (current != null) {
        context.output(
            current.health(), GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE);
      }
    }

    static void addEvent(Event event, Health.Sum sum) {
      Lineage ingest = event.ingest();
      if (ingest != null) {
        sum.addLag(Duration.between(event.time(), ingest.time()));
      }
    }
  }

  private static final class OfEvents extends Measure<Event> {
    private static final long serialVersionUID = 1L;

    @Override
    void add(Event event, Health.Sum sum) {
      sum.add(Health.Count.READ, 1);
      addEvent(event, sum);
    }
  }

  private static final class OfBlocks extends Measure<EventBlock> {
    private static final long serialVersionUID = 1L;

    @Override
    void add(EventBlock block, Health.Sum sum) {
      sum.add(Health.Count.READ, block.count());
      block.forEach(event -> addEvent(event, sum));
    }
  }

  private static final class Counting<T> extends Measure<T> {
    private static final long serialVersionUID = 1L;

    private final long weight;
    private final Health.Count[] as;

    Counting(long weight, Health.Count... as) {
      this.weight = weight;
      this.as = as.clone();
    }

    @Override
    void add(T element, Health.Sum sum) {
      for (Health.Count count : as) {
        sum.add(count, weight);
      }
    }
  }

  private static final class CountingBlocks extends Measure<EventBlock> {
    private static final long serialVersionUID = 1L;

    private final long weight;
    private final Health.Count as;

    CountingBlocks(long weight, Health.Count as) {
      this.weight = weight;
      this.as = as;
    }

    @Override
    void add(EventBlock block, Health.Sum sum) {
      sum.add(as, weight * block.count());
    }
  }
}
