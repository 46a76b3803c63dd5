package dev.leat.testing.benchmarks.compare;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class PageTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void tableHasRatesBeyondStartUpAndNoNumberWithoutItsVerdict() {
    String table =
        Page.table(List.of(Measured.LEAT, Measured.RIGHT, Measured.WRONG, Measured.FAILED));

    assertThat(
        table,
        is(
            """
            | | events/s | Leat is | whole run, s | Leat is, by whole runs | start-up, s | rows |
            |---|--:|--:|--:|--:|--:|---|
            | Leat | 100,000 | – | 12.0 (12.0–13.0) | – | 2.0 (2.0–3.0) | equal |
            | DuckDB | 200,000 | 0.50× | 6.0 (6.0–7.0) | 0.50× | 1.0 (1.0–2.0) | equal |
            | stock Beam | 5,000 *wrong* | – | 208.0 (208.0–208.0) | – | 8.0 (8.0–9.0) | wrong (52,000 rows differ) |
            | native Flink | – | – | – | – | – | failed (out of memory) |
            """));
  }

  @Test
  public void whatElseWasMeasuredHasColumnsWithMedians() {
    Result measured =
        Measured.result(
            "leat",
            "Leat",
            Measured.done(2),
            List.of(
                Trial.done(12, 0, Map.of("p50, ms", 9.0)),
                Trial.done(12, 0, Map.of("p50, ms", 1234.0)),
                Trial.done(12, 0, Map.of("p50, ms", 90.0))));

    String table = Page.table(List.of(measured, Measured.RIGHT));

    assertThat(
        table,
        is(
            """
            | | events/s | Leat is | whole run, s | Leat is, by whole runs | start-up, s | p50, ms | rows |
            |---|--:|--:|--:|--:|--:|--:|---|
            | Leat | 100,000 | – | 12.0 (12.0–12.0) | – | 2.0 (2.0–3.0) | 90.0 | equal |
            | DuckDB | 200,000 | 0.50× | 6.0 (6.0–7.0) | 0.50× | 1.0 (1.0–2.0) | – | equal |
            """));
  }

  @Test
  public void whatIsWrongIsNotComparedWith() {
    Result wrongLeat =
        Measured.result("leat", "Leat", Measured.done(2), List.of(Trial.done(12, 1)));

    String table = Page.table(List.of(wrongLeat, Measured.RIGHT));

    assertThat(table, containsString("| Leat | 100,000 *wrong* | – |"));
    assertThat(table, containsString("| DuckDB | 200,000 | – |"));
  }

  @Test
  public void aRunThatTookNoLongerThanAStartUpHasNoRate() {
    Result noise = Measured.result("leat", "Leat", Measured.done(2), Measured.done(3));

    assertThat(Page.table(List.of(noise)), containsString("| Leat | – |"));
  }

  @Test
  public void withoutStartUpsRatesAreOfWholeRuns() {
    Result whole = Measured.result("leat", "Leat", List.of(), Measured.done(10.1));

    assertThat(
        Page.table(List.of(whole)),
        containsString("| Leat | 100,000 | – | 10.1 (10.1–11.1) | – | – | equal |"));
  }

  @Test
  public void rowsThatAreWrongOverFewEventsAreToldAsTheirs() {
    Result wrong =
        Measured.result(
            "beam", "stock Beam", List.of(Trial.done(2, 7)), List.of(Trial.done(12, 0)));

    assertThat(wrong.verdict(), is("wrong over 10,000 events (7 rows differ)"));
    assertThat(wrong.isRight(), is(false));
  }

  @Test
  public void aFigureThatARunLacksIsNotTold() {
    Result measured =
        Measured.result(
            "leat",
            "Leat",
            Measured.done(2),
            List.of(Trial.done(12, 0, Map.of("p50, ms", 9.0)), Trial.done(12, 0)));

    assertThat(Page.table(List.of(measured)), not(containsString("p50")));
  }

  @Test
  public void aRunReplacesItsOwnSectionOnly() throws IOException {
    Path page = folder.getRoot().toPath().resolve("benchmarks.md");
    Files.writeString(page, "# Benchmarks\n\n<!-- w9 -->\nold\n<!-- /w9 -->\n\nBy hand.\n");

    new Page(page).publish(Measured.run(List.of(Measured.LEAT)));
    new Page(page).publish(Measured.run(List.of(Measured.RIGHT)));

    assertThat(
        Files.readString(page),
        is(
            """
            # Benchmarks

            <!-- w9 -->
            ## W9: nothing & more

            Nothing is done.

            ![nothing & more, events a second](benchmarks-w9.svg)

            **1,010,000 events**

            | | events/s | Leat is | whole run, s | Leat is, by whole runs | start-up, s | rows |
            |---|--:|--:|--:|--:|--:|---|
            | DuckDB | 200,000 | – | 6.0 (6.0–7.0) | – | 1.0 (1.0–2.0) | equal |

            - *DuckDB*: by <any> means.

            some machine; 2001-01-14. Medians of 3 runs, in brackets the least and the most. A heap of 4g each. Beam 2.
            <!-- /w9 -->

            By hand.
            """));
  }

  @Test
  public void aSectionThatIsNotThereComesLast() {
    assertThat(
        Page.replace("# Page\n", "w9", "new\n"), is("# Page\n\n<!-- w9 -->\nnew\n<!-- /w9 -->\n"));
  }

  @Test
  public void theChartLiesBesideThePage() throws IOException {
    Path page = folder.getRoot().toPath().resolve("docs/results.md");

    new Page(page).publish(Measured.run(List.of(Measured.LEAT)));

    assertThat(
        Files.readString(page.resolveSibling("results-w9.svg")),
        allOf(containsString("<svg "), containsString(">100,000</text>")));
  }
}
