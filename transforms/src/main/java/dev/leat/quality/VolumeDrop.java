package dev.leat.quality;

import dev.leat.range.LongRanges;
import dev.leat.window.WindowSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How many events each window has, beside an earlier one. A cell is a window's begin. */
final class VolumeDrop extends QualityRule {
  private static final long serialVersionUID = 1L;

  /** More windows than these are only counted. */
  private static final int MOST_TOLD = 3;

  private final Share dropMoreThan;
  private final Duration against;
  private final WindowSpec windows;
  private final @Nullable LongRanges judged;

  VolumeDrop(Share dropMoreThan, Duration against, WindowSpec windows) {
    this(dropMoreThan, against, windows, null);
  }

  private VolumeDrop(
      Share dropMoreThan, Duration against, WindowSpec windows, @Nullable LongRanges judged) {
    if (windows.kind() == WindowSpec.Kind.SESSION) {
      throw new IllegalArgumentException(
          "volume: expected fixed or sliding windows, because sessions have none before them to be"
              + " compared with");
    }
    long period = windows.period().toMillis();
    boolean onGrid = against.toMillis() > 0 && against.toMillis() % period == 0;
    if (!onGrid || against.getNano() % 1_000_000 != 0) {
      throw new IllegalArgumentException(
          "against: expected a multiple of "
              + WindowSpec.text(windows.period())
              + ", which is from one window to the next, got "
              + WindowSpec.text(against));
    }
    this.dropMoreThan = dropMoreThan;
    this.against = against;
    this.windows = windows;
    this.judged = judged;
  }

  @Override
  public QualityRule ofPart(LongRanges windowStarts, long rowsBeside) {
    return new VolumeDrop(dropMoreThan, against, windows, windowStarts);
  }

  @Override
  public Optional<Duration> comparedWith() {
    return Optional.of(against);
  }

  @Override
  void count(long millis, Cells cells) {
    windows
        .windowsOf(org.joda.time.Instant.ofEpochMilli(millis))
        .forEach(window -> cells.increment(window.start().getMillis()));
  }

  @Override
  @Nullable String problem(Tally tally, Map<Long, Long> cells, long completeUntil) {
    List<String> fallen = new ArrayList<>();
    for (long start : new TreeSet<>(cells.keySet())) {
      long before = cells.getOrDefault(start, 0L);
      long later = start + against.toMillis();
      long events = cells.getOrDefault(later, 0L);
      boolean complete = later + windows.size().toMillis() <= completeUntil;
      boolean isJudged = judged == null || judged.contains(later);
      if (isJudged && complete && !dropMoreThan.allows(before - events, before)) {
        fallen.add(tell(later, events, before));
      }
    }
    if (fallen.isEmpty()) {
      return null;
    }
    String told = String.join("; ", fallen.subList(0, Math.min(MOST_TOLD, fallen.size())));
    int more = fallen.size() - MOST_TOLD;
    return told
        + (more > 0
            ? String.format(Locale.ROOT, "; and %,d more window%s", more, more == 1 ? "" : "s")
            : "");
  }

  private String tell(long start, long events, long before) {
    return String.format(
        Locale.ROOT,
        "%s has %,d event%s, %s before it were %,d (fell by %s)",
        Instant.ofEpochMilli(start),
        events,
        events == 1 ? "" : "s",
        WindowSpec.text(against),
        before,
        Share.of(before - events, before));
  }

  @Override
  public String toString() {
    return "{volume: {dropMoreThan: "
        + dropMoreThan
        + ", against: "
        + WindowSpec.text(against)
        + "}}";
  }
}
