package dev.leat.io.jdbc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import org.junit.Test;

public final class IdentifiersTest {
  @Test
  public void splitsAtSeparatorsOutsideQuotes() {
    assertThat(Identifiers.split("marts.Edits", '.'), contains("marts", "Edits"));
    assertThat(Identifiers.split("\"a.b\".\"say \"\"x\"\"\"", '.'), contains("a.b", "say \"x\""));
    assertThat(Identifiers.split("\"a.b\"_late", '.'), contains("a.b_late"));
    assertThat(Identifiers.split("a..", '.'), contains("a", "", ""));
  }

  @Test
  public void refusesQuotesThatAreNotClosedOrWithinAName() {
    for (String text : new String[] {"\"open", "in\"side", "\"a\"b\"c\""}) {
      assertThrows(IllegalArgumentException.class, () -> Identifiers.split(text, '.'));
    }
  }

  @Test
  public void quotesSoThatAQuoteIsACharacter() {
    assertThat(Identifiers.quote("x\"; DROP TABLE y; --"), is("\"x\"\"; DROP TABLE y; --\""));
  }
}
