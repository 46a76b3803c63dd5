package dev.leat.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class StagedFilesTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void leavesOutWhatEveryClusterHasAndKeepsTheOrder() {
    List<String> classPath =
        jars(
            "leat-transforms-0.1.0.jar",
            "flink-runtime-1.19.0.jar",
            "flink-shaded-zookeeper-3-3.7.1-17.0.jar",
            "flink-rpc-akka-loader-1.19.0.jar",
            "beam-runners-direct-java-2.70.0.jar",
            "beam-runners-flink-1.19-2.70.0.jar",
            "beam-sdks-java-core-2.70.0.jar",
            "slf4j-api-2.0.17.jar",
            "slf4j-simple-2.0.17.jar",
            "flink-connector-kafka-3.2.0-1.19.jar",
            "flink-shaded-hadoop-3-uber-3.1.1.jar",
            "flink-runtime-metrics-mine-1.0.jar",
            "hadoop-client-api-3.5.0.jar");

    assertThat(
        StagedFiles.of(classPath),
        is(
            jars(
                "leat-transforms-0.1.0.jar",
                "beam-runners-flink-1.19-2.70.0.jar",
                "beam-sdks-java-core-2.70.0.jar",
                "flink-connector-kafka-3.2.0-1.19.jar",
                "flink-shaded-hadoop-3-uber-3.1.1.jar",
                "flink-runtime-metrics-mine-1.0.jar",
                "hadoop-client-api-3.5.0.jar")));
  }

  @Test
  public void packsFoldersOfClasses() throws Exception {
    Path classes = folder.newFolder("classes").toPath();
    Files.createDirectories(classes.resolve("a/b"));
    Files.writeString(classes.resolve("a/b/C.class"), "class");
    Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(classes.resolve("META-INF/services/a.B"), "a.b.C");

    List<String> staged = StagedFiles.of(List.of(classes.toString()));

    assertThat(staged, hasSize(1));
    try (JarFile jar = new JarFile(staged.get(0))) {
      assertThat(
          jar.stream().map(ZipEntry::getName).toList(),
          contains("META-INF/services/a.B", "a/b/C.class"));
      assertThat(
          new String(jar.getInputStream(jar.getEntry("a/b/C.class")).readAllBytes()), is("class"));
    }
  }

  @Test
  public void findsTheClassPathOfThisProcess() {
    List<String> names =
        StagedFiles.ofThisProcess().stream()
            .map(file -> Path.of(file).getFileName().toString())
            .toList();

    assertThat(names, hasItem(startsWith("beam-runners-flink-1.19-")));
    assertThat(names, hasItem(startsWith("hadoop-client-runtime-")));
    assertThat(names, hasItem(startsWith("leat-classes-")));
    assertThat(names, everyItem(not(startsWith("flink-runtime-"))));
  }

  private static List<String> jars(String... names) {
    return Arrays.stream(names).map(name -> Path.of("/lib", name).toString()).toList();
  }
}
