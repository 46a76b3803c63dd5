package dev.leat.runners.flink;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.common.ReflectHelpers;
import org.apache.beam.sdk.util.construction.resources.PipelineResources;

/**
 * What a job brings to a cluster: the class path of this process, in its order, less what every
 * cluster has.
 *
 * <p>Beam would send all of it. That works, since Flink takes its own classes from the cluster
 * anyway; but they are a quarter of some 280 MB that every submission sends and every machine
 * fetches: 15 s where both are one machine. And Beam packs a folder of classes into a jar that
 * stays in the temporary folder under the hash of its content, where a second submission writes it
 * anew while a first sends it.
 */
final class StagedFiles {
  /**
   * Flink's own jars, which its distribution has, or which only a process that submits needs; the
   * cluster's own logging; and the other runner, whose jar repeats Beam's core classes. Connectors,
   * formats and file systems of Flink stay: a cluster may lack them.
   */
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "(?:flink-(?:annotations|clients|core|file-sink-common|hadoop-fs|java|metrics-core"
              + "|optimizer|queryable-state-client-java|rpc-akka-loader|rpc-core|runtime"
              + "|shaded-(?:asm|guava|jackson|netty|zookeeper)(?:-[0-9]+)?|streaming-java)"
              + "|slf4j-(?:api|simple)|async-profiler|beam-runners-direct-java)-[0-9].*\\.jar");

  private StagedFiles() {}

  /** Made once: the class path of a process does not change. */
  static List<String> ofThisProcess() {
    return OfThisProcess.FILES;
  }

  /**
   * Jars stay as they are, folders of classes become temporary jars that go with this process.
   *
   * @param classPath existing files and folders
   */
  static List<String> of(List<String> classPath) {
    List<String> staged = new ArrayList<>();
    for (String entry : classPath) {
      File file = new File(entry);
      if (file.isDirectory()) {
        staged.add(jar(file.toPath()).toString());
      } else if (!LEFT_OUT.matcher(file.getName()).matches()) {
        staged.add(file.getAbsolutePath());
      }
    }
    return List.copyOf(staged);
  }

  private static Path jar(Path folder) {
    try {
      Path jar = Files.createTempFile("leat-classes-", ".jar");
      jar.toFile().deleteOnExit();
      try (OutputStream out = Files.newOutputStream(jar);
          JarOutputStream entries = new JarOutputStream(out);
          Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          String name = folder.relativize(file).toString().replace(File.separatorChar, '/');
          entries.putNextEntry(new JarEntry(name));
          Files.copy(file, entries);
          entries.closeEntry();
        }
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException("The classes in " + folder + " could not be packed", e);
    }
  }

  private static final class OfThisProcess {
    static final List<String> FILES =
        of(
            PipelineResources.detectClassPathResourcesToStage(
                ReflectHelpers.findClassLoader(), PipelineOptionsFactory.create()));
  }
}
