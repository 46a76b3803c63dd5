package dev.leat.io.lake;

import java.net.URL;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;

/**
 * Begins to write and read Parquet files. Iceberg makes a Hadoop {@code Configuration} for each,
 * and that reads Hadoop's defaults from XML each time, which takes longer than to write a small
 * file. None of them matters to Parquet, so they are hidden from what is written; a {@code
 * core-site.xml} is not.
 */
final class ParquetFiles {
  private static final String DEFAULTS = "core-default.xml";

  private ParquetFiles() {}

  static Parquet.ReadBuilder read(InputFile file) {
    NativeLibraries.loadZstd();
    return Parquet.read(file);
  }

  static Parquet.WriteBuilder write(OutputFile file) {
    NativeLibraries.loadZstd();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ClassLoader given = before == null ? ParquetFiles.class.getClassLoader() : before;
    thread.setContextClassLoader(new WithoutDefaults(given));
    try {
      return Parquet.write(file);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** The configuration keeps it, and looks up its resources and classes there. */
  private static final class WithoutDefaults extends ClassLoader {
    WithoutDefaults(@Nullable ClassLoader parent) {
      super(parent);
    }

    @Override
    public @Nullable URL getResource(String name) {
      return name.equals(DEFAULTS) ? null : super.getResource(name);
    }
  }
}
