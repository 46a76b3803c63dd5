package dev.leat.io.lake;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.util.concurrent.Striped;
import com.google.common.util.concurrent.Uninterruptibles;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Lock;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Staged files in their place, from just before their commit until its outcome is known.
 *
 * <p>A reader that looks at folders and not at the table sees files that are published but not yet
 * committed. So that it never keeps seeing them, the moves are logged before they are made, and are
 * made under a lock that the operating system takes from a process that dies: whoever has the lock
 * and finds another's log knows it dead, and moves what it did not commit back to the staging
 * folder. Where files cannot be moved, on an object store, all this is left out.
 */
final class Publication implements Closeable {
  private static final String LOG = ".publication";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A file lock holds between processes; this one between the threads of ours. */
  private static final Striped<Lock> THREADS = Striped.lock(64);

  private final Table table;
  private final List<DataFile> dataFiles = new ArrayList<>();
  private List<StagedFile> moved = List.of();
  private @Nullable Lock thread;
  private @Nullable FileChannel lock;
  private @Nullable Path log;

  private Publication(Table table) {
    this.table = table;
  }

  /** Moves the files to where they belong. Can be repeated for the same files. */
  static Publication of(Table table, String runId, List<StagedFile> files) {
    Publication publication = begin(table);
    try {
      publication.publish(runId, files);
      return publication;
    } catch (RuntimeException e) {
      publication.close();
      throw e;
    }
  }

  /** Takes the lock and undoes what the dead left. The table is refreshed. */
  static Publication begin(Table table) {
    Publication publication = new Publication(table);
    try {
      if (table.io() instanceof LocalFiles) {
        Path folder = LocalFiles.path(Staging.folder(table));
        Files.createDirectories(folder);
        publication.lock(folder.resolve("publication.lock"));
        table.refresh();
        undoTheDead(table, (LocalFiles) table.io(), folder);
      } else {
        table.refresh();
      }
      return publication;
    } catch (IOException e) {
      publication.close();
      throw new UncheckedIOException("Cannot lock the publication of " + table.name(), e);
    } catch (RuntimeException e) {
      publication.close();
      throw e;
    }
  }

  /**
   * Moves the files to where they belong.
   *
   * @param runId of the run, or of the commit if the run has many
   */
  void publish(String runId, List<StagedFile> files) {
    try {
      if (table.io() instanceof LocalFiles) {
        move((LocalFiles) table.io(), runId, files);
      }
      for (StagedFile file : files) {
        dataFiles.add(file.dataFile(table));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot publish the files of run " + runId, e);
    }
  }

  /** Moves the files back, as they were not committed, but none of {@code committed}. */
  void withdraw(Set<String> committed) {
    for (StagedFile file : moved) {
      if (!committed.contains(file.location())) {
        ((LocalFiles) table.io()).publish(file.location(), file.staged());
      }
    }
    settled();
    log = null;
    moved = List.of();
    dataFiles.clear();
  }

  List<DataFile> dataFiles() {
    return dataFiles;
  }

  /** The files are committed, or deleted: there is nothing to undo. */
  void settled() {
    if (log != null) {
      try {
        Files.deleteIfExists(log);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (thread != null) {
        thread.unlock();
        thread = null;
      }
    }
  }

  private void move(LocalFiles io, String runId, List<StagedFile> all) throws IOException {
    // One that is in its place already is in a snapshot, perhaps one that was rolled back: as it
    // is not moved now, it must not be moved back either.
    List<StagedFile> files =
        all.stream()
            .filter(
                file ->
                    Files.exists(LocalFiles.path(file.staged()))
                        || !Files.exists(LocalFiles.path(file.location())))
            .toList();
    if (files.isEmpty()) {
      return;
    }
    Path folder = LocalFiles.path(Staging.folder(table));
    List<List<String>> moves = new ArrayList<>();
    for (StagedFile file : files) {
      moves.add(List.of(file.staged(), file.location()));
    }
    Path written = folder.resolve(UUID.randomUUID() + ".tmp");
    Files.write(written, JSON.writeValueAsBytes(new Moves(runId, moves)));
    log = folder.resolve(UUID.randomUUID() + LOG);
    Files.move(written, log, StandardCopyOption.ATOMIC_MOVE);
    moved = files;
    for (StagedFile file : files) {
      io.publish(file.staged(), file.location());
    }
  }

  private void lock(Path file) throws IOException {
    Lock mine = THREADS.get(file.toAbsolutePath().normalize());
    mine.lock();
    thread = mine;
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    lock = channel;
    while (true) {
      try {
        channel.lock();
        return;
      } catch (OverlappingFileLockException e) {
        // Another copy of this class in the process has it, as when a runner loads jobs apart.
        Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(20));
      }
    }
  }

  private static void undoTheDead(Table table, LocalFiles io, Path folder) throws IOException {
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*" + LOG)) {
      for (Path found : logs) {
        Moves dead = JSON.readValue(Files.readAllBytes(found), new TypeReference<>() {});
        Set<String> committed = new HashSet<>();
        // All snapshots: what was rolled back can be wanted again.
        for (Snapshot snapshot : table.snapshots()) {
          if (History.isOf(snapshot, dead.runId())) {
            committed.addAll(History.filesOf(snapshot, table));
          }
        }
        for (List<String> move : dead.moves()) {
          String staged = move.get(0);
          String location = move.get(1);
          if (!committed.contains(location) && Files.exists(LocalFiles.path(location))) {
            io.publish(location, staged);
          }
        }
        Files.delete(found);
      }
    }
  }

  /** A log: pairs of where a file was and where it belongs. */
  record Moves(String runId, List<List<String>> moves) {}
}
