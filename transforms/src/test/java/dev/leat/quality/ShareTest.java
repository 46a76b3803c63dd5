package dev.leat.quality;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.math.BigDecimal;
import org.junit.Test;

public class ShareTest {
  @Test
  public void readsPercentAndWritesItPlainly() {
    assertThat(Share.parse("0%").toString(), is("0%"));
    assertThat(Share.parse("0.0%"), is(Share.parse("0%")));
    assertThat(Share.parse("0.50%").toString(), is("0.5%"));
    assertThat(Share.parse("100%").toString(), is("100%"));
    assertThat(Share.parse("050%"), is(new Share(BigDecimal.valueOf(50))));
  }

  @Test
  public void refusesWhatIsNoShare() {
    for (String text : new String[] {"", "5", "0.05", "%", "-1%", "1 %", "1%%", ".5%", "1e1%"}) {
      assertThat(problem(text), is("expected a share such as 0%, 0.5% or 50%, got '" + text + "'"));
    }
    assertThat(problem("100.1%"), is("expected 0% to 100%, got 100.1%"));
  }

  @Test
  public void comparesExactly() {
    Share third = Share.parse("33.333333333%");
    Share nothing = Share.parse("0%");

    assertThat(third.allows(333333333L, 1000000000L), is(true));
    assertThat(third.allows(333333334L, 1000000000L), is(false));
    assertThat(third.allows(1, 3), is(false));
    assertThat(nothing.allows(0, Long.MAX_VALUE), is(true));
    assertThat(nothing.allows(1, Long.MAX_VALUE), is(false));
    assertThat(nothing.allows(0, 0), is(true));
    assertThat(Share.parse("100%").allows(Long.MAX_VALUE, Long.MAX_VALUE), is(true));
  }

  @Test
  public void tellsNumbersForPeople() {
    assertThat(Share.tell(3, 1000, "events"), is("3 of 1,000 events (0.3%)"));
    assertThat(Share.tell(1, 3, "events"), is("1 of 3 events (33.3%)"));
    assertThat(Share.tell(1, 3_000_000, "values"), is("1 of 3,000,000 values (0.0000333%)"));
    assertThat(Share.tell(0, 0, "values"), is("0 of 0 values (0%)"));
    assertThat(Share.tell(10, 10, "values"), is("10 of 10 values (100%)"));
  }

  private static String problem(String text) {
    return assertThrows(IllegalArgumentException.class, () -> Share.parse(text)).getMessage();
  }
}
