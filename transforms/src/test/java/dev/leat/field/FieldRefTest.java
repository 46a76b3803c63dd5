package dev.leat.field;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import org.junit.Test;

public class FieldRefTest {
  @Test
  public void namesPlacesInThePayload() {
    assertThat(FieldRef.parse("/page").isInPayload(), is(true));
    assertThat(FieldRef.parse("/page/title").name(), is("title"));
    assertThat(FieldRef.parse("/0").name(), is("0"));
    assertThat(FieldRef.parse("/a~1b").name(), is("a/b"));
    assertThat(FieldRef.parse("/a~01").name(), is("a~1"));
    assertThat(FieldRef.parse("/column name").name(), is("column name"));
    assertThat(FieldRef.parse("/page/title").root(), is("/page/title"));
  }

  @Test
  public void namesEnvelopeAndDerivedFields() {
    assertThat(FieldRef.parse("tenant").isInEnvelope(), is(true));
    assertThat(FieldRef.parse("tenant").isInPayload(), is(false));
    assertThat(FieldRef.parse("country").isInEnvelope(), is(false));
    assertThat(FieldRef.parse("country.name").root(), is("country"));
    assertThat(FieldRef.parse("country.name").name(), is("name"));
    assertThat(FieldRef.parse("country.name").toString(), is("country.name"));
  }

  @Test
  public void refusesWhatIsNeitherPointerNorName() {
    for (String text :
        new String[] {"", "a b", "1a", "a.", ".a", "a..b", "a-b", "$.page", "ä", "x".repeat(101)}) {
      assertThat(
          refusal(text),
          is(
              "expected a pointer into the payload such as /page, or a name such as tenant or"
                  + " country.name, got '"
                  + text
                  + "'"));
    }
    assertThat(refusal("/"), is("'/' names nothing; expected a pointer such as /page"));
  }

  @Test
  public void tellsNames() {
    assertThat(FieldRef.isName("_a1"), is(true));
    assertThat(FieldRef.isName("a.b"), is(false));
    assertThat(FieldRef.isName(""), is(false));
  }

  private static String refusal(String text) {
    return assertThrows(text, IllegalArgumentException.class, () -> FieldRef.parse(text))
        .getMessage();
  }
}
