package dev.leat.io.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moments at which a test lets a commit die. Nothing happens at them otherwise.
 *
 * <p>From outside, for tests with processes: the system property {@code leat.fault=POINT:FILE}, or
 * {@code LEAT_FAULT} in the environment, kills the process where it first reaches the point, as
 * {@code kill -9} would, if it can create the file. So of all processes with one setting one dies,
 * once, and the file tells that it did.
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
  ROWS_PUBLISHED,
  LIVE_ROWS_WRITTEN,
  /** In their place and not yet committed. */
  LIVE_ROWS_PUBLISHED,
  LIVE_ROWS_COMMITTED;

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

  /** What {@code POINT:FILE} asks for; nothing if it is absent. */
  private static Consumer<FaultPoint> fromOutside(@Nullable String setting) {
    if (setting == null || setting.isEmpty()) {
      return point -> {};
    }
    int colon = setting.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(PROPERTY + ": expected POINT:FILE, got " + setting);
    }
    FaultPoint deadly = valueOf(setting.substring(0, colon));
    Path mark = Path.of(setting.substring(colon + 1));
    return point -> {
      if (point == deadly && created(mark)) {
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
