package dev.leat.io.lake;

import com.github.luben.zstd.util.Native;
import dev.leat.io.spi.UnreachableException;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Native code that libraries unpack into the temporary folder when they first need it. None of them
 * tries again: if there was no room, say, all that the process does with the library later ends
 * with a {@link LinkageError}. So it is loaded here before they do, again and again until it is
 * there; then this costs nothing. See docs/adr/0017.
 */
final class NativeLibraries {
  private NativeLibraries() {}

  /**
   * What {@code NativeDB.load} of sqlite-jdbc does once.
   *
   * @throws UnreachableException if it cannot be loaded now
   */
  static void loadSqlite() {
    try {
      SQLiteJDBCLoader.initialize();
    } catch (Exception e) {
      throw unloadable("SQLite", e);
    }
  }

  /**
   * What the classes of zstd-jni do when they are initialized.
   *
   * @throws UnreachableException if it cannot be loaded now
   */
  static void loadZstd() {
    try {
      Native.load();
    } catch (LinkageError e) {
      throw unloadable("zstd", e);
    }
  }

  private static UnreachableException unloadable(String library, Throwable cause) {
    return new UnreachableException(
        "the library of "
            + library
            + " cannot be unpacked into the temporary folder "
            + System.getProperty("java.io.tmpdir")
            + " and loaded",
        cause);
  }
}
