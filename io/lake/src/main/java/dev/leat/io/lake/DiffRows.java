package dev.leat.io.lake;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The rows of files before and after, as multisets by key. Of a row only 128-bit hashes are kept;
 * for examples the files are read once more.
 */
final class DiffRows {
  private final Table table;
  private final Schema schema;
  private final List<String> key;
  private final int wanted;
  private final List<TableDiff.Example> examples = new ArrayList<>();
  private final int[] told = new int[Kind.values().length];
  private long added;
  private long removed;
  private long changed;

  /** What became of a row. */
  private enum Kind {
    ADDED,
    REMOVED,
    CHANGED
  }

  /** Files that only the first version has, and those that only the second has. */
  record Part(List<FileScanTask> before, List<FileScanTask> after) {
    long rows() {
      return before.stream().mapToLong(task -> task.file().recordCount()).sum()
          + after.stream().mapToLong(task -> task.file().recordCount()).sum();
    }
  }

  /** An example to be: the hashes of its rows, and the rows once they are found. */
  private static final class Sought {
    private final @Nullable HashCode beforeHash;
    private final @Nullable HashCode afterHash;
    private @Nullable Map<String, @Nullable Object> before;
    private @Nullable Map<String, @Nullable Object> after;

    Sought(@Nullable HashCode beforeHash, @Nullable HashCode afterHash) {
      this.beforeHash = beforeHash;
      this.afterHash = afterHash;
    }
  }

  DiffRows(Table table, List<String> key, int wanted) {
    this.table = table;
    this.schema = table.schema();
    this.key = key;
    this.wanted = wanted;
  }

  /** Compares those rows of a part whose keys belong to one of so many passes. */
  void compare(Part part, int pass, int passes) {
    // By key: how often each row is there after, less how often before.
    Map<HashCode, Map<HashCode, Integer>> rows = new HashMap<>();
    each(part.before(), pass, passes, (keyHash, row) -> count(rows, keyHash, hash(row), -1));
    each(part.after(), pass, passes, (keyHash, row) -> count(rows, keyHash, hash(row), 1));
    List<Sought> sought = new ArrayList<>();
    rows.values().forEach(ofKey -> tell(ofKey, sought));
    if (!sought.isEmpty()) {
      find(part, pass, passes, sought);
    }
  }

  long added() {
    return added;
  }

  long removed() {
    return removed;
  }

  long changed() {
    return changed;
  }

  List<TableDiff.Example> examples() {
    return examples;
  }

  private static void count(
      Map<HashCode, Map<HashCode, Integer>> rows, HashCode keyHash, HashCode row, int by) {
    Map<HashCode, Integer> ofKey = rows.computeIfAbsent(keyHash, unused -> new HashMap<>(2));
    if (ofKey.merge(row, by, Integer::sum) == 0) {
      ofKey.remove(row);
    }
    if (ofKey.isEmpty()) {
      rows.remove(keyHash);
    }
  }

  private void tell(Map<HashCode, Integer> ofKey, List<Sought> sought) {
    List<HashCode> gone = new ArrayList<>();
    List<HashCode> come = new ArrayList<>();
    ofKey.forEach(
        (row, times) -> {
          for (int i = 0; i < Math.abs(times); i++) {
            (times < 0 ? gone : come).add(row);
          }
        });
    int pairs = Math.min(gone.size(), come.size());
    changed += pairs;
    removed += gone.size() - pairs;
    added += come.size() - pairs;
    for (int i = 0; i < Math.max(gone.size(), come.size()); i++) {
      HashCode before = i < gone.size() ? gone.get(i) : null;
      HashCode after = i < come.size() ? come.get(i) : null;
      Kind kind = before == null ? Kind.ADDED : after == null ? Kind.REMOVED : Kind.CHANGED;
      if (told[kind.ordinal()] >= wanted) {
        continue;
      }
      told[kind.ordinal()]++;
      sought.add(new Sought(before, after));
    }
  }

  private void find(Part part, int pass, int passes, List<Sought> sought) {
    each(
        part.before(),
        pass,
        passes,
        (keyHash, row) -> {
          HashCode hash = hash(row);
          for (Sought each : sought) {
            if (hash.equals(each.beforeHash) && each.before == null) {
              each.before = values(row);
            }
          }
        });
    each(
        part.after(),
        pass,
        passes,
        (keyHash, row) -> {
          HashCode hash = hash(row);
          for (Sought each : sought) {
            if (hash.equals(each.afterHash) && each.after == null) {
              each.after = values(row);
            }
          }
        });
    for (Sought each : sought) {
      examples.add(
          new TableDiff.Example(Optional.ofNullable(each.before), Optional.ofNullable(each.after)));
    }
  }

  /** What is done with a row. */
  private interface Visitor {
    void visit(HashCode key, Record row);
  }

  private void each(List<FileScanTask> tasks, int pass, int passes, Visitor visitor) {
    for (FileScanTask task : tasks) {
      StoredRows.each(
          table,
          task,
          schema,
          (row, position) -> {
            HashCode keyHash = key.isEmpty() ? hash(row) : keyOf(row);
            if (Math.floorMod(keyHash.asInt(), passes) == pass) {
              visitor.visit(keyHash, row);
            }
          });
    }
  }

  private HashCode keyOf(Record row) {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    key.forEach(column -> put(hasher, row.getField(column)));
    return hasher.hash();
  }

  private static HashCode hash(Record row) {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    for (int i = 0; i < row.size(); i++) {
      put(hasher, row.get(i));
    }
    return hasher.hash();
  }

  private static HashCode hash(Map.Entry<?, ?> entry) {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    put(hasher, entry.getKey());
    put(hasher, entry.getValue());
    return hasher.hash();
  }

  /** So that two values have one form only if they are equal: each says how long it is. */
  private static void put(Hasher hasher, @Nullable Object value) {
    if (value == null) {
      hasher.putByte((byte) 0);
    } else if (value instanceof ByteBuffer bytes) {
      hasher.putByte((byte) 1).putInt(bytes.remaining()).putBytes(bytes.duplicate());
    } else if (value instanceof List<?> list) {
      hasher.putByte((byte) 2).putInt(list.size());
      list.forEach(each -> put(hasher, each));
    } else if (value instanceof Map<?, ?> map) {
      hasher.putByte((byte) 3).putInt(map.size());
      if (!map.isEmpty()) {
        // Entries are in no order.
        hasher.putBytes(
            Hashing.combineUnordered(map.entrySet().stream().map(DiffRows::hash).toList())
                .asBytes());
      }
    } else if (value instanceof StructLike struct) {
      hasher.putByte((byte) 4).putInt(struct.size());
      for (int i = 0; i < struct.size(); i++) {
        put(hasher, struct.get(i, Object.class));
      }
    } else {
      // Of one column all values are of one type, whose text tells them apart.
      byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
      hasher.putByte((byte) 5).putInt(text.length).putBytes(text);
    }
  }

  private Map<String, @Nullable Object> values(Record row) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (Types.NestedField column : schema.columns()) {
      values.put(column.name(), row.getField(column.name()));
    }
    return values;
  }
}
