package dev.leat.pipelines.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.Assume.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.hamcrest.Matcher;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The launcher, {@code ./leat}, in a checkout that is built but for a program of one class. */
public class LeatScriptTest {
  private static final String PROGRAM =
      """
      package dev.leat.pipelines.cli;

      public final class Main {
        public static void main(String[] arguments) {
          System.out.println(String.join("|", arguments));
          System.exit(arguments.length > 0 && arguments[0].equals("%s") ? 3 : 0);
        }
      }
      """;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path checkout;
  private Path work;
  private Path cache;

  @Before
  public void makeCheckout() throws IOException {
    cache = folder.getRoot().toPath().resolve("my cache");
    checkOut("checkout");
  }

  private void checkOut(String name) throws IOException {
    checkout = folder.getRoot().toPath().resolve(name);
    work = checkout.resolve("pipelines/target/launcher");
    Files.createDirectories(checkout.resolve("pipelines/target/lib"));
    Files.copy(Path.of("..", "leat"), checkout.resolve("leat"));
    build("fail");
  }

  @Test
  public void handsArgumentsAndExitCodeOn() throws Exception {
    Ended ran = leat("off", "fail", "--a=b c", "", "*");

    assertThat(ran.code(), is(3));
    assertThat(ran.out(), is("fail|--a=b c||*\n"));
    assertThat(ran.err(), is(""));
  }

  @Test
  public void startsFromTheArchiveThatItMade() throws Exception {
    Path log = folder.getRoot().toPath().resolve("loaded");

    Ended first = leat("now", "first");
    Ended second = start("now", "-Xlog:class+load:file=" + log, "second").ended();

    assertThat(first, is(new Ended(0, "first\n", "")));
    assertThat(second, is(new Ended(0, "second\n", "")));
    assertThat(archives(work), hasSize(1));
    assertThat(originOfMain(log), containsString("shared objects file"));
  }

  /** JDK 17 keeps no class of a jar there, and says nothing of it. */
  @Test
  public void runsInAFolderWithASpace() throws Exception {
    checkOut("a checkout");

    Ended first = leat("now", "first");
    Ended second = leat("now", "second");

    assertThat(first, is(new Ended(0, "first\n", "")));
    assertThat(second, is(new Ended(0, "second\n", "")));
  }

  @Test
  public void makesAnotherArchiveOnceItIsBuiltAgain() throws Exception {
    Path log = folder.getRoot().toPath().resolve("loaded");
    leat("now", "first");
    List<Path> before = archives(work);
    build("other");
    Files.setLastModifiedTime(
        before.get(0), java.nio.file.attribute.FileTime.fromMillis(1_000_000_000_000L));

    Ended ran = leat("now", "other");
    start("now", "-Xlog:class+load:file=" + log, "fail").ended();

    assertThat(ran.code(), is(3));
    assertThat(archives(work), hasSize(1));
    assertThat(originOfMain(log), containsString("shared objects file"));
  }

  @Test
  public void keepsTheArchiveWithTheUserWhereTheCheckoutCannotBeWritten() throws Exception {
    Files.writeString(work, "not a folder");

    Ended ran = leat("now", "x");

    assertThat(ran, is(new Ended(0, "x\n", "")));
    assertThat(archives(cache.resolve("leat")), hasSize(1));
  }

  @Test
  public void doesWithoutWhereNothingCanBeWritten() throws Exception {
    Files.writeString(work, "not a folder");
    Files.writeString(cache, "not a folder");

    assertThat(leat("now", "x"), is(new Ended(0, "x\n", "")));
  }

  @Test
  public void doesWithoutAnArchiveThatIsBroken() throws Exception {
    leat("now", "x");
    Path archive = archives(work).get(0);
    Files.delete(archive);
    Files.writeString(archive, "broken");

    assertThat(leat("now", "x"), is(new Ended(0, "x\n", "")));
  }

  @Test
  public void triesOnlyOnceWhatFails() throws Exception {
    build("ingest");

    Ended first = leat("now", "x");
    Path failed;
    try (Stream<Path> files = Files.list(work)) {
      failed = files.filter(file -> file.toString().endsWith(".failed")).findFirst().orElseThrow();
    }
    Files.writeString(failed, "as it was");
    Ended second = leat("now", "y");

    assertThat(first, is(new Ended(0, "x\n", "")));
    assertThat(second, is(new Ended(0, "y\n", "")));
    assertThat(archives(work), is(empty()));
    assertThat(Files.readString(failed), is("as it was"));
  }

  @Test
  public void goesOnAfterOneThatWasKilledWhileItMadeTheArchive() throws Exception {
    leat("now", "x");
    Path archive = archives(work).get(0);
    Files.delete(archive);
    Path making = Files.createDirectory(Path.of(archive + ".making"));
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Files.writeString(making.resolve("owner"), Long.toString(gone.pid()));

    leat("now", "x");

    assertThat(archives(work), is(List.of(archive)));
    assertThat(Files.exists(making), is(false));
  }

  @Test
  public void twoAtOnceEndWellAndLeaveOneArchive() throws Exception {
    List<Started> both = List.of(start("now", "", "one"), start("now", "", "two"));

    assertThat(both.get(0).ended(), is(new Ended(0, "one\n", "")));
    assertThat(both.get(1).ended(), is(new Ended(0, "two\n", "")));
    assertThat(archives(work), hasSize(1));
    try (Stream<Path> files = Files.list(work)) {
      assertThat(files.filter(Files::isDirectory).toList(), is(empty()));
    }
  }

  @Test
  public void takesTheQuickCompilerForWhatIsSmall() throws Exception {
    for (String[] small :
        new String[][] {
          {"run", "x.yaml", "--incremental"},
          {"quickstart"},
          {"table", "history"},
          {"run", "--help"}
        }) {
      assertThat(flagsOf(small), startsQuickly());
    }
    assertThat(flagsOf("run", "x.yaml"), startsAsUsual());
    assertThat(
        start("off", "-XX:+PrintCommandLineFlags -XX:TieredStopAtLevel=4", "run", "--incremental")
            .ended()
            .out(),
        containsString("-XX:TieredStopAtLevel=4 "));
  }

  @Test
  public void knowsSmallFilesByTheirSize() throws Exception {
    Path data = folder.newFolder("some data").toPath();
    Files.write(data.resolve("a.jsonl"), new byte[9_000_000]);
    Files.write(data.resolve("b.jsonl"), new byte[9_000_000]);
    Files.write(data.resolve("c.jsonl.gz"), new byte[1_000_000]);
    Files.write(data.resolve("d.jsonl.gz"), new byte[3_000_000]);

    for (String small : List.of("a.jsonl", "b.*", "c.jsonl.gz", "[a]*")) {
      assertThat(flagsOf("run", "--source=files:" + data + "/" + small), startsQuickly());
      assertThat(flagsOf("ingest", "--source", "files:" + data + "/" + small), startsQuickly());
      assertThat(flagsOf("run", "--source=files://" + data + "/" + small), startsQuickly());
    }
    for (String large : List.of("*", "[ab].jsonl", "d.jsonl.gz", "none", "**", "a.jsonl?x=y")) {
      assertThat(flagsOf("run", "--source=files:" + data + "/" + large), startsAsUsual());
    }
    assertThat(flagsOf("run", "--source=files:" + data), startsAsUsual());
    assertThat(flagsOf("run", "--source=lake:" + data + "/a.jsonl"), startsAsUsual());
  }

  private static Matcher<String> startsQuickly() {
    return containsString("-XX:TieredStopAtLevel=1 ");
  }

  private static Matcher<String> startsAsUsual() {
    return not(containsString("TieredStopAtLevel"));
  }

  @Test
  public void leavesTheMemoryThatTheUserGivesAsItIs() throws Exception {
    String print = "-XX:+PrintCommandLineFlags ";
    for (List<String> command : List.of(List.of("run"), List.of("run", "--incremental"))) {
      for (String given : List.of("-Xmx512m", "-Xmx512m -Xmn32m")) {
        Ended ran = start("off", print + given, command.toArray(String[]::new)).ended();

        assertThat(ran.code(), is(0));
        assertThat(ran.out(), containsString("-XX:MaxHeapSize=536870912 "));
        assertThat(
            ran.out(),
            given.contains("-Xmn")
                ? containsString("-XX:MaxNewSize=33554432 ")
                : not(containsString("NewSize")));
      }
    }
  }

  @Test
  public void boundsWhatIsNewInALargeHeapOfAJobThatEnds() throws Exception {
    assumeTrue("with memory enough", memoryBytes() >= 4_096_000_000L);
    for (String given : List.of("", "-Xmx4g")) {
      String files = flagsWith(given, "run", "--source=files:none");
      String lake = flagsWith(given, "run", "--source", "lake:none");
      String live = flagsWith(given, "run", "--source=kafka://none");
      String news = flagsWith(given, "run", "--incremental");

      assertThat(files, containsString("-XX:MaxNewSize=268435456 "));
      assertThat(lake, containsString("-XX:MaxNewSize=268435456 "));
      assertThat(
          live,
          given.isEmpty()
              ? containsString("-XX:MaxNewSize=1073741824 ")
              : not(containsString("NewSize")));
      assertThat(news, containsString("-XX:MaxNewSize=67108864 "));
    }
  }

  private static long memoryBytes() throws IOException {
    Path file = Path.of("/proc/meminfo");
    if (!Files.exists(file)) {
      return 0;
    }
    String total = Files.readAllLines(file).get(0).replaceAll("\\D", "");
    return Long.parseLong(total) * 1024;
  }

  private String flagsOf(String... arguments) throws Exception {
    return flagsWith("", arguments);
  }

  private String flagsWith(String given, String... arguments) throws Exception {
    return start("off", "-XX:+PrintCommandLineFlags " + given, arguments).ended().out();
  }

  @Test
  public void saysWhichJavaItNeeds() throws Exception {
    Path old = Files.createDirectories(folder.getRoot().toPath().resolve("jdk/bin"));
    Files.writeString(old.resolveSibling("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
    Path java = Files.writeString(old.resolve("java"), "#!/bin/sh\nexit 1\n");
    assertThat(java.toFile().setExecutable(true), is(true));

    Ended ran = started(Map.of("JAVA_HOME", old.getParent().toString()), List.of("--help")).ended();

    assertThat(ran.code(), is(2));
    assertThat(ran.err(), containsString("expected Java 17 or newer, got 8 from " + java));
  }

  /**
   * @param failing the command that ends with exit code 3
   */
  private void build(String failing) throws IOException {
    Path classes = folder.newFolder().toPath();
    Path source = Files.writeString(classes.resolve("Main.java"), PROGRAM.formatted(failing));
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), source.toString());
    assertThat(compiled, is(0));
    Path target = checkout.resolve("pipelines/target");
    jar(target.resolve("leat-pipelines.jar"), classes, "dev/leat/pipelines/cli/Main.class");
    jar(target.resolve("lib/other.jar"), classes, "Main.java");
    Files.writeString(target.resolve("classpath"), "lib/other.jar");
  }

  private static void jar(Path jar, Path classes, String entry) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new ZipEntry(entry));
      Files.copy(classes.resolve(entry), out);
      out.closeEntry();
    }
  }

  private Ended leat(String sharing, String... arguments) throws Exception {
    return start(sharing, "", arguments).ended();
  }

  private Started start(String sharing, String javaOptions, String... arguments)
      throws IOException {
    return started(
        Map.of(
            "LEAT_CLASS_SHARING", sharing,
            "LEAT_JAVA_OPTS", javaOptions,
            "JAVA_HOME", System.getProperty("java.home")),
        List.of(arguments));
  }

  private Started started(Map<String, String> environment, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", checkout.resolve("leat").toString()));
    command.addAll(arguments);
    File out = folder.newFile();
    File err = folder.newFile();
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out).redirectError(err);
    builder.environment().put("XDG_CACHE_HOME", cache.toString());
    builder.environment().putAll(environment);
    return new Started(builder.start(), out.toPath(), err.toPath());
  }

  private static List<Path> archives(Path in) throws IOException {
    if (!Files.isDirectory(in)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(in)) {
      return files.filter(file -> file.toString().endsWith(".jsa")).toList();
    }
  }

  private static String originOfMain(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(line -> line.contains(" dev.leat.pipelines.cli.Main "))
          .findFirst()
          .orElseThrow();
    }
  }

  private record Started(Process process, Path out, Path err) {
    Ended ended() throws Exception {
      int code = process.waitFor();
      return new Ended(code, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }
  }

  private record Ended(int code, String out, String err) {}
}
