package dev.leat.io.lake;

import com.google.auto.value.AutoValue;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.io.Serializable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * The name of a table in the lake: {@code lake:///warehouse/folder/namespace.table}. Without a
 * namespace it is in {@code default}. {@code lake:folder/namespace.table} is relative to the
 * working directory.
 *
 * <p>{@code catalog=PATH} names a properties file of another Iceberg catalog than the warehouse's
 * own. Only the path travels with a job; the file is read, and the secrets that it refers to as
 * {@code ${env:NAME}} or {@code ${file:PATH}} are resolved, where the catalog is opened.
 */
@AutoValue
public abstract class LakeTable implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,99}");
  private static final String DEFAULT_NAMESPACE = "default";
  private static final String DEAD_LETTERS = "_dead_letters";

  /** The warehouse folder, absolute; empty if only the catalog knows it. */
  abstract String warehouse();

  public abstract String namespace();

  public abstract String name();

  /** The properties file of the catalog, absolute. */
  abstract @Nullable String catalogFile();

  /**
   * Reads the name of a table.
   *
   * @throws UsageException if the URI names no table, or a name that cannot be one
   */
  public static LakeTable parse(ConnectorUri uri) {
    String catalogFile =
        uri.parameter("catalog").map(file -> absolute(uri, file).toString()).orElse(null);
    if (uri.isRemote() && catalogFile == null) {
      throw new UsageException(
          uri
              + ": a warehouse that is not on a local disk needs ?catalog=PATH, the properties"
              + " file of its Iceberg catalog");
    }
    String path = uri.path();
    int slash = path.lastIndexOf('/');
    String warehouse = slash < 0 ? "" : slash == 0 ? "/" : path.substring(0, slash);
    if (!uri.isRemote() && (slash >= 0 || catalogFile == null)) {
      warehouse = absolute(uri, warehouse).toString();
    }
    if (warehouse.indexOf('?') >= 0 || warehouse.indexOf('#') >= 0) {
      throw new UsageException(uri + ": '?' and '#' cannot be in the warehouse's path");
    }
    String table = path.substring(slash + 1);
    int dot = table.indexOf('.');
    String namespace = dot < 0 ? DEFAULT_NAMESPACE : table.substring(0, dot);
    String name = table.substring(dot + 1);
    List<String> problems = new ArrayList<>();
    check(uri, "namespace", namespace, problems);
    check(uri, "table", name, problems);
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
    return new AutoValue_LakeTable(warehouse, namespace, name, catalogFile);
  }

  /** The table of dead letters beside this one: {@code namespace.table_dead_letters}. */
  public final LakeTable deadLetters() {
    return new AutoValue_LakeTable(warehouse(), namespace(), name() + DEAD_LETTERS, catalogFile());
  }

  /** The table of late events beside this one: {@code namespace.table_late}. */
  final LakeTable late() {
    return new AutoValue_LakeTable(warehouse(), namespace(), name() + "_late", catalogFile());
  }

  final TableIdentifier identifier() {
    return TableIdentifier.of(Namespace.of(namespace()), name());
  }

  private static Path absolute(ConnectorUri uri, String path) {
    try {
      return Path.of(path).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new UsageException(uri + ": '" + path + "' is not a path: " + e.getReason());
    }
  }

  private static void check(ConnectorUri uri, String what, String name, List<String> problems) {
    if (!NAME.matcher(name).matches()) {
      problems.add(
          uri
              + ": "
              + what
              + ": expected 1 to 100 letters, digits, '_' or '-', not beginning with '-', as in"
              + " lake:///warehouse/namespace.table, got '"
              + name
              + "'");
    }
  }

  /** As a URI, without parameters. */
  @Override
  public final String toString() {
    String folder = warehouse().isEmpty() ? "" : warehouse() + "/";
    return "lake:" + (folder.startsWith("/") ? "//" : "") + folder + namespace() + "." + name();
  }
}
