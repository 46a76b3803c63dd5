package dev.leat.pipelines.workflow;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Files that are not workflows at all: one clear sentence each. */
public class WorkflowFileTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void saysThatAFileIsNotThere() {
    Path missing = folder.getRoot().toPath().resolve("none.yaml");

    UnreachableException e =
        assertThrows(UnreachableException.class, () -> WorkflowParser.parse(missing));

    assertThat(e.getMessage(), is(missing + ": there is no such file"));
  }

  @Test
  public void saysThatAFileInsteadOfAFolderIsNotThere() throws Exception {
    Path file = file("a".getBytes(UTF_8)).resolve("w.yaml");

    assertThrows(UnreachableException.class, () -> WorkflowParser.parse(file));
  }

  @Test
  public void refusesAFolder() {
    Path path = folder.getRoot().toPath();

    assertThat(
        problem(path),
        is(path + ": is a folder; expected a workflow file, for example " + path + "/w.yaml"));
  }

  @Test
  public void relativePlacesAreRelativeToTheFile() throws Exception {
    Path root = folder.getRoot().toPath();
    Path file =
        file(
            "name: n\nsource: lake:../w/raw.e?catalog=c.properties\nsink: out/*.x\n"
                .getBytes(UTF_8));
    Path other =
        Files.writeString(
            root.resolve("other.yaml"),
            "name: n\nsource: lake:db.t?catalog=/c.properties\nsink: jdbc:postgresql://h/d?table=t\n");
    Path absolute =
        Files.writeString(
            root.resolve("absolute.yaml"), "name: n\nsource: lake:///w/t\nsink: 'stdout:'\n");

    Workflow relative = WorkflowParser.parse(file);

    assertThat(
        relative.source().orElseThrow().toString(),
        is(
            "lake://"
                + root.getParent().resolve("w/raw.e")
                + "?catalog="
                + root.resolve("c.properties")));
    assertThat(relative.sink().orElseThrow().toString(), is("files://" + root.resolve("out/*.x")));
    assertThat(
        WorkflowParser.parse(other).source().orElseThrow().toString(),
        is("lake:db.t?catalog=/c.properties"));
    assertThat(
        WorkflowParser.parse(other).sink().orElseThrow().toString(),
        is("jdbc:postgresql://h/d?table=t"));
    assertThat(WorkflowParser.parse(absolute).source().orElseThrow().toString(), is("lake:///w/t"));
    assertThat(WorkflowParser.parse(absolute).sink().orElseThrow().toString(), is("stdout:"));
  }

  @Test
  public void refusesAnEmptyFile() throws Exception {
    Path empty = file(new byte[0]);
    Path comments = file("# nothing\n\n".getBytes(UTF_8));

    assertThat(
        problem(empty), is(empty + ": empty; expected a workflow, which begins with 'name: …'"));
    assertThat(
        problem(comments),
        is(comments + ": empty; expected a workflow, which begins with 'name: …'"));
  }

  @Test
  public void refusesBytesThatAreNotText() throws Exception {
    Path image = file(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0});
    Path utf16 = file("name: n".getBytes(UTF_16));
    Path zeros = file(new byte[100]);

    assertThat(problem(image), is(image + ": not UTF-8 text; expected a workflow in YAML"));
    assertThat(problem(utf16), is(utf16 + ": not UTF-8 text; expected a workflow in YAML"));
    assertThat(problem(zeros), is(zeros + ":1:1: not YAML: special characters are not allowed"));
  }

  @Test
  public void refusesAFileThatIsTooLong() throws Exception {
    Path file = file(("#" + " ".repeat(1 << 20)).getBytes(UTF_8));

    assertThat(problem(file), is(file + ": longer than 1 MiB; expected a workflow in YAML"));
  }

  @Test
  public void refusesWhatIsNotKeysAndValues() {
    assertThat(
        problem("- a"),
        is("w.yaml:1:1: expected a workflow, which begins with 'name: …', got a list"));
    assertThat(
        problem("hello"),
        is("w.yaml:1:1: expected a workflow, which begins with 'name: …', got 'hello'"));
  }

  @Test
  public void saysWhereItIsNotYaml() {
    assertThat(
        problem("name: n\nlet: {a: [}"),
        is("w.yaml:2:11: not YAML: expected the node content, but found '}'"));
    assertThat(
        problem("name: n\n\tfilter: x"), startsWith("w.yaml:2:1: not YAML: found character"));
    assertThat(problem("name: *x"), is("w.yaml:1:7: not YAML: found undefined alias x"));
    assertThat(
        problem("let: {d: !data.x, e: '1'}"),
        is(
            "w.yaml:1:17: not YAML: expected ' ', but found ',' (44) (a text that begins with !"
                + " needs quotes)"));
  }

  @Test
  public void refusesASecondDocument() {
    assertThat(
        problem("name: n\n---\nname: m"),
        is("w.yaml:2:1: expected one workflow in a file, here begins another"));
  }

  @Test
  public void refusesDocumentsThatAreTooDeepOrEndless() {
    String tooDeep = "expected at most 50 levels, here it is deeper";

    assertThat(problem("[".repeat(500_000)), is("w.yaml:1:51: " + tooDeep));
    assertThat(problem("{a: ".repeat(500_000)), is("w.yaml:1:201: " + tooDeep));
    assertThat(problem("&a [*a]"), is("w.yaml:1:1: " + tooDeep));
    assertThat(problem("name: &a {b: *a}"), is("w.yaml:1:11: " + tooDeep));
  }

  @Test
  public void refusesAliasesThatGrowWithoutEnd() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [x,x,x]\n");
    for (int i = 1; i < 10; i++) {
      laughs.append("a%d: &a%d [*a%d,*a%d,*a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
    }
    String wide =
        "a: &a [" + "x,".repeat(10_000) + "]\nb: [" + "*a,".repeat(20).replaceAll(",$", "") + "]";

    assertThat(
        problem(laughs.toString()),
        is(
            "w.yaml:1:1: not YAML: Number of aliases for non-scalar nodes exceeds the specified"
                + " max=20"));
    assertThat(problem(wide), startsWith("w.yaml:1:"));
    assertThat(
        problem(wide).replaceFirst("^w.yaml:\\d+:\\d+: ", ""),
        is("expected at most 100000 values, aliases resolved"));
  }

  @Test
  public void makesNoObjectsOfTags() {
    assertThat(
        assertThrows(
                UsageException.class,
                () -> WorkflowParser.parse("name: !!javax.script.ScriptEngineManager []", "w.yaml"))
            .problems(),
        contains(
            "w.yaml:1:7: name: expected a letter, then at most 99 letters, digits, _ and -, got an"
                + " empty list"));
  }

  private Path file(byte[] bytes) throws Exception {
    return Files.write(folder.newFile().toPath(), bytes);
  }

  private static String problem(Path file) {
    UsageException e = assertThrows(UsageException.class, () -> WorkflowParser.parse(file));
    assertThat(e.problems().size(), is(1));
    return e.problems().get(0);
  }

  private static String problem(String text) {
    UsageException e =
        assertThrows(UsageException.class, () -> WorkflowParser.parse(text, "w.yaml"));
    assertThat(e.problems().size(), is(1));
    return e.problems().get(0);
  }
}
