package dev.leat.prepare;

import dev.leat.aggregate.Aggregation;
import dev.leat.block.EventBlock;
import dev.leat.block.Fingerprint;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.field.EventView;
import dev.leat.step.EventChain;
import dev.leat.step.EventFunction;

/**
 * Reduces events to what they add to an aggregation, ahead of the steps that stand between. What
 * these steps or the aggregation do not simply take stays whole, as it was: they will count or
 * refuse it when its turn has come, which for a repeat it never has.
 *
 * <p>Not for more than one thread.
 */
final class Reduction {
  private final EventChain between;
  private final Aggregation aggregation;
  private final Fingerprint fingerprint = new Fingerprint();
  private final ByteWriter contribution = new ByteWriter();

  /**
   * @param between what happens to an event after this and before the aggregation
   */
  Reduction(EventChain between, Aggregation aggregation) {
    this.between = between;
    this.aggregation = aggregation;
  }

  /** Adds the event to the block, reduced if it can be. */
  void add(EventView view, EventBlock.Builder out) {
    Event whole = view.event();
    contribution.clear();
    if (reduces(view)) {
      fingerprint.of(whole);
      out.addReduced(fingerprint, whole.time(), contribution);
    } else {
      out.add(whole);
    }
  }

  private boolean reduces(EventView view) {
    try {
      for (EventFunction function : between.functions()) {
        if (!function.apply(view)) {
          return false;
        }
      }
      aggregation.writeContribution(view, contribution);
      return true;
    } catch (RejectedException e) {
      // It is refused where it would be without this, if it is no repeat.
      return false;
    }
  }
}
