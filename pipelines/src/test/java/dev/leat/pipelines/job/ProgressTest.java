package dev.leat.pipelines.job;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.Test;

public class ProgressTest {
  private final StringWriter shown = new StringWriter();

  @Test
  public void showsRecordsAndRateOnATerminalAndErasesThemAtTheEnd() {
    Progress progress = new Progress(new PrintWriter(shown), true, "Ingesting");

    progress.show(new Counts(Map.of("read", 12345L)));
    String line = shown.toString();
    progress.clear();

    assertThat(line, matchesPattern("\r\u001b\\[KIngesting… \\d+ s  12,345 records  [\\d,]+/s"));
    assertThat(shown.toString(), endsWith("\r\u001b[K"));
  }

  @Test
  public void showsNoRateBeforeTheFirstRecord() {
    new Progress(new PrintWriter(shown), true, "Running").show(Counts.NONE);

    assertThat(shown.toString(), matchesPattern("\r\u001b\\[KRunning… \\d+ s"));
  }

  @Test
  public void isSilentWhereThereIsNoTerminal() {
    Progress progress = new Progress(new PrintWriter(shown), false, "Running");

    progress.show(new Counts(Map.of("read", 12345L)));
    progress.clear();

    assertThat(shown.toString(), is(""));
  }
}
