package dev.leat.testing.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.UncheckedSQLException;

/**
 * The lake's own catalog on its own files, but one that applies a commit and answers with an error
 * when a test asks for it: by a file in a folder, the property {@value #FOLDER}, with the table's
 * name. If the file says {@link Answer#AWAY}, the question after it fails too. Public, as Iceberg
 * makes it by its name.
 */
public final class ForgetfulCatalog extends JdbcCatalog {
  static final String FOLDER = "forgetful-folder";

  /** What becomes of the next commit's answer. */
  enum Answer {
    /** It is an error. */
    LOST,
    /** It is an error, and whoever then asks what became of it gets one too. */
    AWAY
  }

  private Path folder = Path.of("");

  public ForgetfulCatalog() {
    super(ignored -> localFiles(), null, true);
  }

  @Override
  public void initialize(String name, Map<String, String> properties) {
    folder = Path.of(properties.get(FOLDER));
    super.initialize(name, properties);
  }

  @Override
  protected TableOperations newTableOps(TableIdentifier table) {
    return new Forgetful(super.newTableOps(table), folder.resolve(table.name()));
  }

  /** With another {@code FileIO} files would not be moved to their place as they usually are. */
  private static FileIO localFiles() {
    try {
      Constructor<?> made = Class.forName("dev.leat.io.lake.LocalFiles").getDeclaredConstructor();
      made.setAccessible(true);
      return (FileIO) made.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Forgetful(TableOperations table, Path wish) implements TableOperations {
    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      table.commit(base, metadata);
      boolean isOfRows =
          base != null
              && metadata.currentSnapshot() != null
              && !metadata.currentSnapshot().equals(base.currentSnapshot());
      if (!isOfRows || Files.notExists(wish)) {
        return;
      }
      try {
        if (Files.readString(wish).equals(Answer.AWAY.name())) {
          Files.createFile(away());
        }
        Files.delete(wish);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      throw new CommitStateUnknownException(new IllegalStateException("the answer is lost"));
    }

    @Override
    public TableMetadata refresh() {
      try {
        if (Files.deleteIfExists(away())) {
          throw new UncheckedSQLException("the catalog does not answer");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return table.refresh();
    }

    private Path away() {
      return wish.resolveSibling(wish.getFileName() + ".away");
    }

    @Override
    public TableMetadata current() {
      return table.current();
    }

    @Override
    public FileIO io() {
      return table.io();
    }

    @Override
    public EncryptionManager encryption() {
      return table.encryption();
    }

    @Override
    public String metadataFileLocation(String fileName) {
      return table.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
      return table.locationProvider();
    }

    @Override
    public TableOperations temp(TableMetadata uncommitted) {
      return table.temp(uncommitted);
    }

    @Override
    public long newSnapshotId() {
      return table.newSnapshotId();
    }

    @Override
    public boolean requireStrictCleanup() {
      return table.requireStrictCleanup();
    }
  }
}
