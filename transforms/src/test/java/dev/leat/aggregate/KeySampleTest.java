package dev.leat.aggregate;

import static dev.leat.SampleEvents.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.Assert.assertThrows;

import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.window.WindowSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.Test;

public class KeySampleTest {
  private static final Aggregation BY_TWO =
      Aggregation.of(Map.of("page", FieldRef.parse("/page")), Map.of("n", Measure.count()));
  private static final Aggregation BY_NONE = Aggregation.of(Map.of(), Map.of("n", Measure.count()));
  private static final Optional<WindowSpec> HOURS =
      Optional.of(WindowSpec.fixed(Duration.ofHours(1)));

  @Test
  public void takesAboutTheShareOfTheKeysAndOfEachAllEventsAndRows() {
    KeySample sample = KeySample.of(BY_TWO, HOURS, 0.1);
    int chosen = 0;

    for (int i = 0; i < 10_000; i++) {
      String page = "page " + i;
      boolean hasRow = sample.hasRow(List.of(page), Instant.EPOCH);
      chosen += hasRow ? 1 : 0;
      for (int second : new int[] {0, 5000}) {
        assertThat(page, sample.apply(view(second, "{\"page\":\"" + page + "\"}")), is(hasRow));
      }
      assertThat(sample.hasRow(List.of(page), Instant.MAX), is(hasRow));
    }

    // 1000 of 10,000 with a standard deviation of 30: five of them either way.
    assertThat(chosen, is(both(greaterThan(850)).and(lessThan(1150))));
  }

  @Test
  public void aLargerSampleHasTheKeysOfASmallerOne() {
    KeySample small = KeySample.of(BY_TWO, HOURS, 0.05);
    KeySample large = KeySample.of(BY_TWO, HOURS, 0.2);
    KeySample all = KeySample.of(BY_TWO, HOURS, 1);
    int inSmall = 0;

    for (int i = 0; i < 2000; i++) {
      List<String> key = List.of(Integer.toString(i));
      if (small.hasRow(key, null)) {
        inSmall++;
        assertThat(large.hasRow(key, null), is(true));
      }
      assertThat(all.hasRow(key, null), is(true));
    }

    assertThat(inSmall, greaterThan(50));
  }

  @Test
  public void aMissingValueIsAKeyToo() {
    for (double fraction : new double[] {0.3, 0.6, 0.9}) {
      KeySample sample = KeySample.of(BY_TWO, HOURS, fraction);

      assertThat(
          sample.apply(view(0, "{}")), is(sample.hasRow(Arrays.asList((String) null), null)));
    }
  }

  @Test
  public void withoutFieldsTheWindowsAreTheKeys() {
    KeySample sample = KeySample.of(BY_NONE, HOURS, 0.5);
    int chosen = 0;

    for (int hour = 0; hour < 200; hour++) {
      Instant start = Instant.parse("2015-09-12T13:00:00Z").plusSeconds(3600L * hour);
      boolean hasRow = sample.hasRow(List.of(), start);
      chosen += hasRow ? 1 : 0;
      assertThat(sample.apply(view(3600L * hour, "{}")), is(hasRow));
      assertThat(sample.apply(view(3600L * hour + 3599, "{}")), is(hasRow));
    }

    assertThat(chosen, is(both(greaterThan(60)).and(lessThan(140))));
    assertThat(sample.hasRow(List.of(), null), is(false));
  }

  @Test
  public void whatCannotBeReadStaysForTheStepThatRefusesIt() {
    KeySample sample = KeySample.of(BY_TWO, HOURS, 1e-9);

    assertThat(sample.apply(view(0, "{broken")), is(true));
    assertThat(sample.apply(view(0, "{\"page\":\"a\"}")), is(false));
  }

  @Test
  public void refusesAFractionOutsideAndAWorkflowWithOneKey() {
    for (double fraction : new double[] {0, -0.1, 1.0001, Double.NaN}) {
      String said =
          assertThrows(IllegalArgumentException.class, () -> KeySample.of(BY_TWO, HOURS, fraction))
              .getMessage();
      assertThat(said, is("expected above 0, at most 1, got " + fraction));
    }
    for (Optional<WindowSpec> windows :
        List.of(
            Optional.<WindowSpec>empty(), Optional.of(WindowSpec.session(Duration.ofMinutes(1))))) {
      assertThrows(IllegalArgumentException.class, () -> KeySample.of(BY_NONE, windows, 0.5));
    }
  }

  private static EventView view(long second, String json) {
    return new EventView(event("e", second, json), PayloadReader.plain());
  }
}
