package dev.leat.io.lake;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.UncheckedSQLException;

/**
 * An open catalog of tables: by default Iceberg's JDBC catalog {@code leat} on the SQLite file
 * {@code catalog.db} in the warehouse folder, whose compare-and-set holds between processes.
 */
final class Warehouse implements Closeable {
  private static final String CATALOG = "leat";
  private static final int ATTEMPTS = 20;

  /** What every table begins with; its owner may change it. */
  private static final Map<String, String> TABLE_PROPERTIES =
      Map.ofEntries(
          Map.entry(TableProperties.FORMAT_VERSION, "2"),
          Map.entry(TableProperties.PARQUET_COMPRESSION, "zstd"),
          Map.entry(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, Integer.toString(16 << 20)),
          Map.entry(TableProperties.COMMIT_NUM_RETRIES, "20"),
          Map.entry(TableProperties.COMMIT_MIN_RETRY_WAIT_MS, "50"),
          Map.entry(TableProperties.COMMIT_MAX_RETRY_WAIT_MS, "2000"),
          Map.entry(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true"));

  private final Catalog catalog;

  private Warehouse(Catalog catalog) {
    this.catalog = catalog;
  }

  /** Opens the catalog to write: the folder and the catalog are made if they are not there. */
  static Warehouse open(LakeTable table) {
    String catalogFile = table.catalogFile();
    if (catalogFile != null) {
      return new Warehouse(otherCatalog(table, catalogFile));
    }
    try {
      Files.createDirectories(Path.of(table.warehouse()));
    } catch (IOException e) {
      throw new UnreachableException(
          table + ": the warehouse folder " + table.warehouse() + " cannot be created", e);
    }
    return new Warehouse(ownCatalog(table));
  }

  /** Opens the catalog if there is one; makes nothing. */
  static Optional<Warehouse> openExisting(LakeTable table) {
    if (table.catalogFile() == null && !Files.isRegularFile(database(table))) {
      return Optional.empty();
    }
    return Optional.of(open(table));
  }

  /**
   * Opens a table that must be there.
   *
   * @throws UnreachableException if it is not
   */
  static OpenTable openTable(LakeTable name) {
    return findTable(name)
        .orElseThrow(() -> new UnreachableException(name + ": there is no such table in the lake"));
  }

  static Optional<OpenTable> findTable(LakeTable name) {
    Optional<Warehouse> warehouse = openExisting(name);
    if (warehouse.isEmpty()) {
      return Optional.empty();
    }
    Optional<Table> table = warehouse.get().find(name);
    if (table.isEmpty()) {
      warehouse.get().close();
    }
    return table.map(found -> new OpenTable(warehouse.get(), found));
  }

  Optional<Table> find(LakeTable name) {
    try {
      return Optional.of(catalog.loadTable(name.identifier()));
    } catch (NoSuchTableException e) {
      return Optional.empty();
    } catch (NotFoundException e) {
      throw new UnreachableException(
          name + ": the catalog knows the table, but its metadata is gone", e);
    }
  }

  /** Loads the table, or creates it; another may be creating it at this moment. */
  Table findOrCreate(LakeTable name, TableDefinition definition) {
    Optional<Table> found = find(name);
    if (found.isPresent()) {
      return found.get();
    }
    createNamespace(Namespace.of(name.namespace()));
    Schema schema = definition.schema();
    Map<String, String> properties = new HashMap<>(TABLE_PROPERTIES);
    properties.putAll(definition.properties());
    try {
      return catalog
          .buildTable(name.identifier(), schema)
          .withPartitionSpec(definition.spec())
          .withProperties(properties)
          .create();
    } catch (AlreadyExistsException | UncheckedSQLException e) {
      // The JDBC catalog tells of a table that came into being meanwhile in either way.
      return find(name).orElseThrow(() -> e);
    }
  }

  private void createNamespace(Namespace namespace) {
    if (!(catalog instanceof SupportsNamespaces)) {
      return;
    }
    SupportsNamespaces namespaces = (SupportsNamespaces) catalog;
    if (namespaces.namespaceExists(namespace)) {
      return;
    }
    try {
      namespaces.createNamespace(namespace);
    } catch (AlreadyExistsException | UncheckedSQLException e) {
      if (!namespaces.namespaceExists(namespace)) {
        throw e;
      }
    }
  }

  private static Path database(LakeTable table) {
    return Path.of(table.warehouse(), "catalog.db");
  }

  private static Catalog ownCatalog(LakeTable table) {
    NativeLibraries.loadSqlite();
    Map<String, String> properties =
        Map.of(
            CatalogProperties.URI,
            "jdbc:sqlite:" + database(table),
            CatalogProperties.WAREHOUSE_LOCATION,
            table.warehouse(),
            CatalogProperties.CLIENT_POOL_SIZE,
            "1",
            JdbcCatalog.PROPERTY_PREFIX + "schema-version",
            "V1",
            // Milliseconds that a statement waits for another process's.
            JdbcCatalog.PROPERTY_PREFIX + "busy_timeout",
            "60000");
    for (int attempt = 1; ; attempt++) {
      JdbcCatalog catalog = new JdbcCatalog(ignored -> new LocalFiles(), null, true);
      try {
        catalog.initialize(CATALOG, properties);
        return catalog;
      } catch (UncheckedSQLException e) {
        // Two processes that make or upgrade the catalog's own tables at once get in each other's
        // way; the second finds them made when it tries again.
        if (attempt == ATTEMPTS) {
          throw new UnreachableException(
              table + ": the catalog " + database(table) + " cannot be opened", e);
        }
        Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(20L * attempt));
      }
    }
  }

  private static Catalog otherCatalog(LakeTable table, String catalogFile) {
    Map<String, String> properties = CatalogFile.read(catalogFile, System::getenv);
    if (!table.warehouse().isEmpty()) {
      properties.putIfAbsent(CatalogProperties.WAREHOUSE_LOCATION, table.warehouse());
    }
    try {
      return CatalogUtil.buildIcebergCatalog(CATALOG, properties, new Configuration());
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new UsageException(
          "catalog="
              + catalogFile
              + ": names no catalog that can be loaded; set type=rest, jdbc,"
              + " glue, … and what that catalog needs");
    } catch (RuntimeException e) {
      // The message can quote properties, so only its kind is told.
      throw new UnreachableException(
          "catalog=" + catalogFile + ": cannot be opened (" + e.getClass().getSimpleName() + ")");
    }
  }

  @Override
  public void close() {
    if (catalog instanceof Closeable) {
      try {
        ((Closeable) catalog).close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A table and the catalog that it came from, closed together. */
  record OpenTable(Warehouse warehouse, Table table) implements Closeable {
    @Override
    public void close() {
      warehouse.close();
    }
  }
}
