package dev.leat.io.lake;

import com.google.common.collect.Iterators;
import com.google.common.collect.PeekingIterator;
import dev.leat.deadletter.DeadLetter;
import java.util.Iterator;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Writes what {@link RouteIngest} has given one key, which is all of one kind, to staged files of
 * the events or of the dead letters; what was counted is added up.
 */
final class WriteRouted extends DoFn<KV<String, Iterable<Routed>>, StagedFile> {
  private static final long serialVersionUID = 1L;

  static final TupleTag<StagedFile> EVENT_FILES = new TupleTag<>() {};
  static final TupleTag<StagedFile> LETTER_FILES = new TupleTag<>() {};

  /** Events and dead letters. */
  static final TupleTag<KV<Long, Long>> TAKEN = new TupleTag<>() {};

  private final PartitionFiles<RawBlock> events;
  private final PartitionFiles<DeadLetter> letters;

  WriteRouted(RawEvents events, DeadLetterRows letters) {
    this.events = new PartitionFiles<>(events);
    this.letters = new PartitionFiles<>(letters);
  }

  @ProcessElement
  public void process(@Element KV<String, Iterable<Routed>> routed, MultiOutputReceiver output) {
    PeekingIterator<Routed> all = Iterators.peekingIterator(routed.getValue().iterator());
    Routed first = all.peek();
    if (first instanceof Routed.Events) {
      events.write(
          Iterators.transform(all, each -> ((Routed.Events) each).block()),
          output.get(EVENT_FILES)::output);
    } else if (first instanceof Routed.Letter) {
      letters.write(
          Iterators.transform(all, each -> ((Routed.Letter) each).letter()),
          output.get(LETTER_FILES)::output);
    } else {
      output.get(TAKEN).output(sum(all));
    }
  }

  private static KV<Long, Long> sum(Iterator<Routed> all) {
    long events = 0;
    long letters = 0;
    while (all.hasNext()) {
      Routed.Taken taken = (Routed.Taken) all.next();
      events += taken.events();
      letters += taken.letters();
    }
    return KV.of(events, letters);
  }

  @Teardown
  public void close() {
    events.close();
    letters.close();
  }
}
