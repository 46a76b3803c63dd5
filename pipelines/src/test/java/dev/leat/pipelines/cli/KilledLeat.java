package dev.leat.pipelines.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A command in a process of its own that dies in the middle: at a point that it has for that, or by
 * {@code kill -9} at a moment. Moments are counted in what the command does to a folder, not by the
 * clock, so that none falls on the start of the virtual machine however busy the machine is.
 */
public final class KilledLeat {
  private final Path folder;
  private final Path log;

  /**
   * @param folder what the command writes to; it may come later
   * @param log a file for what the last command tells
   */
  public KilledLeat(Path folder, Path log) {
    this.folder = folder;
    this.log = log;
  }

  /**
   * The exit code of a command that ends itself when it reaches the point.
   *
   * @param mark a file that it makes there, once
   */
  public int dieAt(String point, Path mark, Object... arguments) throws Exception {
    return start(List.of("-Dleat.fault=" + point + ":" + mark), arguments).waitFor();
  }

  /**
   * Kills a command up to this long after the folder has so many entries more than before it.
   *
   * @return whether it was still at work
   */
  public boolean killAfter(int newEntries, int millis, Object... arguments) throws Exception {
    int enough = entries() + newEntries;
    Process command = start(List.of(), arguments);
    // Waiting for its end is the pause between two looks.
    while (entries() < enough && !command.waitFor(1, TimeUnit.MILLISECONDS)) {}
    command.waitFor(millis, TimeUnit.MILLISECONDS);
    boolean atWork = command.isAlive();
    command.destroyForcibly().waitFor();
    return atWork;
  }

  /** What the last command told, for a test that fails. */
  public String log() throws IOException {
    return "\n" + Files.readString(log);
  }

  /** Files and folders in the folder, some of which come and go while this looks. */
  public int entries() throws IOException {
    int[] count = new int[1];
    if (Files.exists(folder)) {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes unused) {
              count[0]++;
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path found, BasicFileAttributes unused) {
              count[0]++;
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path found, IOException e) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path found, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return count[0];
  }

  private Process start(List<String> jvmOptions, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // The compiler is what the start of a short run waits for.
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    File told = log.toFile();
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(told).start();
  }
}
