package dev.leat.testing.benchmarks;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class SettingsTest {
  private static final Path MODULE = Path.of("/checkout/testing/benchmarks");

  @Test
  public void nothingAskedForIsEverything() {
    Settings settings = read(Map.of());

    assertThat(
        settings,
        is(
            new Settings(
                List.of(),
                List.of(),
                List.of(),
                3,
                "",
                Path.of("/checkout/docs/benchmarks.md"),
                Path.of("/checkout"))));
    assertThat(settings.asksForWorkload("W1"), is(true));
    assertThat(settings.asksForContender("leat"), is(true));
  }

  @Test
  public void whatIsAskedForIsDone() {
    Settings settings =
        read(
            Map.of(
                "leat.workloads", "W1, W3",
                "leat.contenders", "leat",
                "leat.events", "1000000,4_000_000",
                "leat.repetitions", "5",
                "leat.heap", "2g",
                "leat.page", "target/page.md"));

    assertThat(settings.asksForWorkload("W3"), is(true));
    assertThat(settings.asksForWorkload("W4"), is(false));
    assertThat(settings.asksForContender("duckdb"), is(false));
    assertThat(settings.sizes(), is(List.of(1_000_000L, 4_000_000L)));
    assertThat(settings.repetitions(), is(5));
    assertThat(settings.heap(), is("2g"));
    assertThat(settings.page(), is(Path.of("/checkout/target/page.md")));
  }

  @Test
  public void everythingThatIsWrongIsTold() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> read(Map.of("leat.events", "many", "leat.repetitions", "0", "leat.heap", "big")));

    assertThat(
        refused.getMessage(),
        is(
            """
            leat.events: expected a number from 1 to 999999999, got many
            leat.repetitions: expected a number from 1 to 999999999, got 0
            leat.heap: expected a number and m or g, such as 4g, got big"""));
  }

  private static Settings read(Map<String, String> properties) {
    return Settings.read(name -> properties.getOrDefault(name, ""), MODULE);
  }
}
