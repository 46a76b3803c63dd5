package dev.leat.pipelines.job;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import java.util.Locale;
import org.junit.After;
import org.junit.Test;

/** Summaries and tables for people. */
public class SummaryTest {
  private final Locale before = Locale.getDefault();

  @After
  public void restoreLocale() {
    Locale.setDefault(before);
  }

  @Test
  public void tellsFactsAndCountsInTheirOrder() {
    Summary summary =
        Summary.of("run")
            .fact("workflow", "a \"b\"\n")
            .count("dead_letters", 0)
            .countIfAny("late", 0)
            .countIfAny("out_of_range", 1)
            .count("read", 1234567)
            .build();

    assertThat(
        summary.toJson(),
        is(
            "{\"command\":\"run\",\"workflow\":\"a \\\"b\\\"\\n\",\"counts\":"
                + "{\"dead_letters\":0,\"out_of_range\":1,\"read\":1234567}}"));
  }

  @Test
  public void namesStandInOneColumnAndNumbersAreTheSameInEveryCountry() {
    Locale.setDefault(Locale.GERMANY);

    String text =
        Summary.of("run").fact("workflow", "w").count("dead_letters", 1234567).build().toText();

    assertThat(text.lines().toList(), contains("  workflow      w", "  dead letters  1,234,567"));
  }

  @Test
  public void columnsOfNumbersAreSetToTheRight() {
    TextTable table = new TextTable("state", "flights", "");
    table.add("CA", "1,234", "x");
    table.add("Ohio", "-5", "");

    assertThat(
        table.toString().lines().toList(),
        contains("  state flights", "  CA      1,234 x", "  Ohio       -5"));
  }
}
