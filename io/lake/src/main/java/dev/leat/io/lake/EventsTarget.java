package dev.leat.io.lake;

import dev.leat.io.spi.Offsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The table of events. It knows what its bookmark has: the offsets of its rows, and those of the
 * dead letters that were committed before, which leaves it without gaps where a log has none.
 *
 * @param letters offsets of the dead letters of the same batch, which are committed
 * @param unplaced how many dead letters without a lineage were committed for the batch
 */
record EventsTarget(
    Table table, String runId, Map<String, String> properties, Offsets letters, long unplaced)
    implements RawTarget {

  @Override
  public FaultPoint published() {
    return FaultPoint.EVENTS_PUBLISHED;
  }

  @Override
  public View look(List<LiveFile> files) {
    String text = LogBookmark.textOf(table);
    Offsets known = text == null ? new Offsets() : LogBookmark.parse(table, text);
    Offsets settled = Offsets.copyOf(known);
    settled.addAll(letters);
    long newLetters = settled.size() - known.size() + unplaced;
    files.forEach(file -> settled.addAll(file.offsets()));
    return new EventsView(
        this,
        text,
        History.bookmarkAsWritten(SnapshotUtil.currentAncestors(table)),
        known,
        settled,
        newLetters);
  }

  /** What the bookmark was found to be. */
  private static final class EventsView implements View {
    private final EventsTarget target;
    private final @Nullable String text;
    private final @Nullable String fileBookmark;
    private final Offsets known;
    private final Offsets settled;
    private final long newLetters;
    private @Nullable String written;

    EventsView(
        EventsTarget target,
        @Nullable String text,
        @Nullable String fileBookmark,
        Offsets known,
        Offsets settled,
        long newLetters) {
      this.target = target;
      this.text = text;
      this.fileBookmark = fileBookmark;
      this.known = known;
      this.settled = settled;
      this.newLetters = newLetters;
    }

    @Override
    public Offsets known() {
      return known;
    }

    @Override
    public boolean has(LiveFile withoutLineage) {
      throw new IllegalStateException("Events without a lineage cannot be ingested live");
    }

    @Override
    public boolean hasNews() {
      return !known.equals(settled);
    }

    @Override
    public void describe(AppendFiles append, List<LiveFile> added) {
      Table table = target.table();
      long stored = added.stream().mapToLong(file -> file.file().rows()).sum();
      written = LogBookmark.write(table, settled);
      target.properties().forEach((key, value) -> append.set(History.PREFIX + key, value));
      append.set(History.RUN_ID, target.runId());
      append.set(History.COMMIT, Long.toString(number(table)));
      append.set(History.READ, Long.toString(stored + newLetters));
      append.set(History.STORED, Long.toString(stored));
      append.set(History.DEAD_LETTERS, Long.toString(newLetters));
      append.set(History.OFFSETS, written);
      if (fileBookmark != null) {
        append.set(History.BOOKMARK, fileBookmark);
      }
      append.validateWith(this::holds);
    }

    @Override
    public void discard() {
      if (written != null) {
        LogBookmark.discard(target.table(), written);
      }
    }

    private boolean holds(Iterable<Snapshot> ancestry) {
      return Objects.equals(text, LogBookmark.newest(ancestry))
          && Objects.equals(fileBookmark, History.bookmarkAsWritten(ancestry));
    }

    private long number(Table table) {
      Optional<Snapshot> last = History.ofRun(table, target.runId());
      return last.isEmpty() ? 1 : History.number(last.get(), History.COMMIT) + 1;
    }
  }
}
