package dev.leat.io.lake;

import dev.leat.io.spi.Offsets;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;

/**
 * Commits batches of staged files: the dead letters, then the events with the bookmark that has
 * both. A batch, or a part of one, can come again; after a crash between the two commits the dead
 * letters are found in their table and the bookmark catches up.
 */
record LiveCommit(Table events, Table letters, String runId, Map<String, String> properties) {

  void commit(List<LiveFile> batch) {
    List<LiveFile> letterFiles = of(LiveFile.Kind.DEAD_LETTERS, batch);
    FaultPoint.BEFORE_DEAD_LETTERS.reached();
    long unplaced = 0;
    if (!letterFiles.isEmpty()) {
      LettersTarget target = new LettersTarget(letters, events, runId, properties);
      for (LiveFile added : LiveAppend.commit(target, letterFiles)) {
        unplaced += added.hasLineage() ? 0 : added.file().rows();
      }
    }
    FaultPoint.AFTER_DEAD_LETTERS.reached();
    Offsets letterOffsets = new Offsets();
    letterFiles.forEach(file -> letterOffsets.addAll(file.offsets()));
    LiveAppend.commit(
        new EventsTarget(events, runId, properties, letterOffsets, unplaced),
        of(LiveFile.Kind.EVENTS, batch));
    FaultPoint.AFTER_EVENTS.reached();
    LogBookmark.markLive(events);
  }

  private static List<LiveFile> of(LiveFile.Kind kind, List<LiveFile> files) {
    return files.stream().filter(file -> file.kind() == kind).toList();
  }
}
