package dev.leat.pipelines.backfill;

import dev.leat.io.lake.BackfillState;
import dev.leat.io.lake.Publishing;
import dev.leat.quality.Audit;
import java.util.Optional;

/**
 * What a run of a backfill did.
 *
 * @param state at its end, of a finished backfill
 * @param chunksMade by this run; the others were there before, or came from another run
 * @param published what readers see now and saw before, if they see it
 */
record BackfillOutcome(BackfillState state, int chunksMade, Optional<Publishing.Done> published) {

  /** Of all chunks. */
  long rows() {
    return state.chunks().stream().mapToLong(chunk -> Audit.rowsOf(chunk.counts())).sum();
  }

  /** That these are made of. */
  long events() {
    return state.chunks().stream().mapToLong(chunk -> Audit.eventsOf(chunk.counts())).sum();
  }
}
