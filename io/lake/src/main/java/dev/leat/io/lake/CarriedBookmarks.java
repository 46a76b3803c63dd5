package dev.leat.io.lake;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * The bookmarks of ingests as they are written, for a commit that leaves them as they are: so the
 * version before it need not be kept for them.
 */
record CarriedBookmarks(Map<String, String> texts) {
  private static final List<String> PROPERTIES = List.of(History.BOOKMARK, History.OFFSETS);

  static CarriedBookmarks of(Table table) {
    return of(SnapshotUtil.currentAncestors(table));
  }

  private static CarriedBookmarks of(Iterable<Snapshot> ancestry) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Snapshot snapshot : ancestry) {
      for (String property : PROPERTIES) {
        String text = snapshot.summary().get(property);
        if (text != null) {
          texts.putIfAbsent(property, text);
        }
      }
      if (texts.size() == PROPERTIES.size()) {
        break;
      }
    }
    return new CarriedBookmarks(texts);
  }

  /** Adds them to a commit, which is refused if one of them moves. */
  void carryWith(SnapshotUpdate<?> update) {
    texts.forEach(update::set);
    update.validateWith(ancestry -> equals(of(ancestry)));
  }
}
