package dev.leat.prepare;

import dev.leat.aggregate.Aggregation;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.RejectedException;
import dev.leat.field.EventView;
import dev.leat.step.EventChain;
import dev.leat.step.EventFunction;
import org.jspecify.annotations.Nullable;

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
  private final ByteWriter contribution = new ByteWriter();

  /**
   * @param between what happens to an event after this and before the aggregation
   */
  Reduction(EventChain between, Aggregation aggregation) {
    this.between = between;
    this.aggregation = aggregation;
  }

  /**
   * What the event adds, until the next is asked for; null if it must stay whole.
   *
   * @param view changed by the steps between
   */
  @Nullable ByteWriter contributionOf(EventView view) {
    contribution.clear();
    return reduces(view) ? contribution : null;
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
