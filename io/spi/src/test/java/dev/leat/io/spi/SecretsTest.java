package dev.leat.io.spi;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class SecretsTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void readsAFileWithoutWhiteSpaceAtItsEnds() throws Exception {
    Path file = Files.writeString(folder.newFile("password").toPath(), " s$1\\cret \n");

    assertThat(
        Secrets.resolve("user=a;password=${file:" + file + "};"), is("user=a;password=s$1\\cret;"));
  }

  @Test
  public void readsTheEnvironment() {
    assertThat(Secrets.resolve("${env:PATH}"), is(System.getenv("PATH")));
  }

  @Test
  public void leavesOtherSettingsAlone() {
    assertThat(Secrets.resolve("a ${other:b} $c {d}"), is("a ${other:b} $c {d}"));
    assertThat(Secrets.isReference("a ${other:b}"), is(false));
    assertThat(Secrets.isReference("a ${env:B}"), is(true));
  }

  @Test
  public void namesAReferenceThatLeadsNowhere() {
    assertThat(
        assertThrows(UsageException.class, () -> Secrets.resolve("${env:LEAT_NO_SUCH_VARIABLE}"))
            .getMessage(),
        containsString("${env:LEAT_NO_SUCH_VARIABLE}: the environment has no variable"));
    assertThat(
        assertThrows(UsageException.class, () -> Secrets.resolve("${file:/no/such/file}"))
            .getMessage(),
        containsString("${file:/no/such/file}: cannot read that file (NoSuchFileException)"));
  }

  @Test
  public void findsReferencesAsTheyStand() {
    assertThat(
        Secrets.references("user=${env:USER} password=\"${file:/run/pw}\" ${HOME}"),
        is(List.of("${env:USER}", "${file:/run/pw}")));
  }
}
