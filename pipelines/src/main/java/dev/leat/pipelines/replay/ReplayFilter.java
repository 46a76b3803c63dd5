package dev.leat.pipelines.replay;

import com.google.common.collect.ImmutableSet;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.Reason;
import dev.leat.event.Event;
import dev.leat.event.Lineage;
import dev.leat.io.spi.TimeRange;
import java.io.Serializable;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which of the records are replayed. What is not asked for does not matter. */
public final class ReplayFilter implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of all. */
  public static final ReplayFilter ALL =
      new ReplayFilter(ImmutableSet.of(), ImmutableSet.of(), ImmutableSet.of(), null, null);

  private final ImmutableSet<String> tenants;
  private final ImmutableSet<String> types;
  private final ImmutableSet<Reason> reasons;
  private final @Nullable Instant ingestStart;
  private final @Nullable Instant ingestEnd;

  private ReplayFilter(
      ImmutableSet<String> tenants,
      ImmutableSet<String> types,
      ImmutableSet<Reason> reasons,
      @Nullable Instant ingestStart,
      @Nullable Instant ingestEnd) {
    this.tenants = tenants;
    this.types = types;
    this.reasons = reasons;
    this.ingestStart = ingestStart;
    this.ingestEnd = ingestEnd;
  }

  /** Only events of these tenants; all if there are none. */
  public ReplayFilter withTenants(Set<String> some) {
    return new ReplayFilter(ImmutableSet.copyOf(some), types, reasons, ingestStart, ingestEnd);
  }

  /** Only events of these types; all if there are none. */
  public ReplayFilter withTypes(Set<String> some) {
    return new ReplayFilter(tenants, ImmutableSet.copyOf(some), reasons, ingestStart, ingestEnd);
  }

  /** Only dead letters of these reasons; all if there are none. */
  public ReplayFilter withReasons(Set<Reason> some) {
    return new ReplayFilter(tenants, types, ImmutableSet.copyOf(some), ingestStart, ingestEnd);
  }

  /** Only what Leat took in that time. */
  public ReplayFilter withIngestTime(Optional<TimeRange> range) {
    return new ReplayFilter(
        tenants,
        types,
        reasons,
        range.map(TimeRange::start).orElse(null),
        range.map(TimeRange::end).orElse(null));
  }

  boolean asksForTenantsOrTypes() {
    return !tenants.isEmpty() || !types.isEmpty();
  }

  boolean asksForReasons() {
    return !reasons.isEmpty();
  }

  boolean takes(Event event) {
    return (tenants.isEmpty() || tenants.contains(event.tenant()))
        && (types.isEmpty() || types.contains(event.type()))
        && isIn(event.ingest());
  }

  boolean takes(DeadLetter letter) {
    return (reasons.isEmpty() || reasons.contains(letter.reason())) && isIn(letter.ingest());
  }

  private boolean isIn(@Nullable Lineage ingest) {
    if (ingestStart == null || ingestEnd == null) {
      return true;
    }
    return ingest != null
        && !ingest.time().isBefore(ingestStart)
        && ingest.time().isBefore(ingestEnd);
  }
}
