package dev.leat.prepare;

import dev.leat.aggregate.Aggregation;
import dev.leat.aggregate.PlainEventContribution;
import dev.leat.block.EventBlock;
import dev.leat.bytes.ByteWriter;
import dev.leat.event.EventBytes;
import java.io.Serializable;
import java.util.Optional;

/**
 * Reduces events to what they add to an aggregation while a source reads them: as {@link
 * ReduceEvents} would next, but before anything is written, and of fewer columns. The source gives
 * what is not taken out whole, for a {@code ReduceEvents} that must follow.
 */
public final class EarlyReduction implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Aggregation aggregation;

  private EarlyReduction(Aggregation aggregation) {
    this.aggregation = aggregation;
  }

  /** Empty if it could take no event, since more is needed than plain payloads. */
  public static Optional<EarlyReduction> of(Aggregation aggregation) {
    return PlainEventContribution.of(aggregation).map(unused -> new EarlyReduction(aggregation));
  }

  /** For one worker. */
  public Worker open() {
    return new Worker(PlainEventContribution.of(aggregation).orElseThrow());
  }

  /** Not for more than one thread. */
  public static final class Worker {
    private final PlainEventContribution contribution;
    private final ByteWriter written = new ByteWriter();

    private Worker(PlainEventContribution contribution) {
      this.contribution = contribution;
    }

    /**
     * Puts into a block what is left of an event.
     *
     * @param event of which it reads id, source, type, time, media type and payload only
     * @return whether it is taken; if not, {@code out} is as before
     */
    public boolean add(EventBytes event, EventBlock.Builder out) {
      if (!contribution.write(event, written)) {
        return false;
      }
      out.addReduced(event, written);
      return true;
    }
  }
}
