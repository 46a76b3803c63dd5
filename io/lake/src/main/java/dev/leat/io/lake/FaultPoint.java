package dev.leat.io.lake;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moments at which a test lets a commit die. Nothing happens at them otherwise.
 *
 * <p>From outside, for tests with processes: the system property {@code
 * leat.fault=POINT:FILE[,POINT:FILE…]}, or {@code LEAT_FAULT} in the environment, kills the process
 * where it first reaches a point, as {@code kill -9} would, if it can create the point's file. So
 * of all processes with one setting one dies, once for each point, and the file tells that it did.
 * A file that is there from the beginning keeps its point harmless until a test deletes it.
 */
enum FaultPoint {
  /** Live: a partition's files are staged and not yet given to the commit. */
  FILES_WRITTEN,
  BEFORE_DEAD_LETTERS,
  /** Live: in their place and not yet committed. */
  DEAD_LETTERS_PUBLISHED,
  AFTER_DEAD_LETTERS,
  EVENTS_PUBLISHED,
  AFTER_EVENTS,
  /** Bounded rows are staged and not yet given to the commit. */
  ROWS_WRITTEN,
  /** In their place and not yet committed. */
  ROWS_PUBLISHED,
  ROWS_COMMITTED,
  LIVE_ROWS_WRITTEN,
  /** In their place and not yet committed. */
  LIVE_ROWS_PUBLISHED,
  LIVE_ROWS_COMMITTED,
  /** What a table's names are to stand for is decided and not yet committed. */
  REFS_DECIDED,
  /** Compaction: the large files are in their place and not yet committed. */
  COMPACTION_PUBLISHED,
  /** Expiry: old data is found and not yet removed. */
  DATA_EXPIRING,
  /** Expiry: versions are forgotten and their files not yet deleted. */
  VERSIONS_EXPIRED,
  /** Backfill: a chunk's files are staged and not yet given to the commit. */
  CHUNK_WRITTEN,
  /** In their place and not yet committed. */
  CHUNK_PUBLISHED,
  CHUNK_COMMITTED,
  /** All chunks are there, and the audit is not. */
  BACKFILL_COMPLETE,
  /** Finished, and not yet what readers see. */
  BACKFILL_FINISHED;

  static final String PROPERTY = "leat.fault";
  private static final String VARIABLE = "LEAT_FAULT";

  private static volatile Consumer<FaultPoint> hook =
      fromOutside(System.getProperty(PROPERTY, System.getenv(VARIABLE)));

  static void onReached(Consumer<FaultPoint> newHook) {
    hook = newHook;
  }

  void reached() {
    hook.accept(this);
  }

  /** What {@code POINT:FILE,…} asks for; nothing if it is absent. */
  private static Consumer<FaultPoint> fromOutside(@Nullable String setting) {
    if (setting == null || setting.isEmpty()) {
      return point -> {};
    }
    Map<FaultPoint, Path> marks = new EnumMap<>(FaultPoint.class);
    for (String each : Splitter.on(',').split(setting)) {
      int colon = each.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException(PROPERTY + ": expected POINT:FILE, got " + each);
      }
      marks.put(valueOf(each.substring(0, colon)), Path.of(each.substring(colon + 1)));
    }
    return point -> {
      Path mark = marks.get(point);
      if (mark != null && created(mark)) {
        Runtime.getRuntime().halt(137);
      }
    };
  }

  private static boolean created(Path mark) {
    try {
      Files.createFile(mark);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(PROPERTY + ": cannot create " + mark, e);
    }
  }
}
