package dev.leat.io.spi;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.util.Set;
import org.junit.Test;

public class ConnectorUriTest {
  @Test
  public void showsNoPasswordThatWasWrittenOut() {
    assertThat(shown("redis://ann:hunter2@db:6379/0"), is("redis://***@db:6379/0"));
    assertThat(shown("redis://ann:hun/ter2@db:6379/0"), is("redis://***@db:6379/0"));
    assertThat(shown("redis://ann:h@nter2@db:6379/0"), is("redis://***@db:6379/0"));
    assertThat(shown("redis://hunter2@db/0"), is("redis://***@db/0"));
    assertThat(
        shown("jdbc:postgresql://ann:hunter2@db/stats?table=t"),
        is("jdbc:postgresql://***@db/stats?table=t"));
    assertThat(
        shown("jdbc:postgresql://db/stats?user=ann&password=hunter2&table=t"),
        is("jdbc:postgresql://db/stats?user=ann&password=***&table=t"));
    assertThat(shown("x://h/p?pass%77ord=hunter2"), is("x://h/p?pass%77ord=***"));
    assertThat(shown("x://h/p?sslPassword=a?hunter2=b"), is("x://h/p?sslPassword=***"));
    assertThat(shown("x://h/p?aws.secret.key=hunter2&a=b"), is("x://h/p?aws.secret.key=***&a=b"));
    assertThat(shown("x://h/p?apiKey=hunter2"), is("x://h/p?apiKey=***"));
  }

  @Test
  public void showsTheRestAsItWasWritten() {
    for (String text :
        new String[] {
          "files:///data/2015/*.jsonl?watch=10s",
          "files:///data/a@b.jsonl",
          "/data/x?password=1@2",
          "lake:///warehouse/ns.table?catalog=%20c",
          "jdbc:postgresql://db/stats?user=ann&password=${env:PGPASSWORD}&table=t",
          "kafka://a:9092,b:9092/topic?start=0:1,1:2",
          "jdbc:postgresql://db:5432/stats?user=ann@corp&table=t",
          "stdout:"
        }) {
      assertThat(shown(text), is(text));
    }
  }

  @Test
  public void errorsRepeatNoSecret() {
    assertThat(
        refusal("jdbc:postgresql://db/stats?password=a&hunter2&table=t"),
        is(
            "jdbc:postgresql://db/stats?password=***&table=t: expected name=value before and after"
                + " each '&'; in a value it is %26"));
    assertThat(
        refusal("x://ann:hunter2@db/s?a=1&a=2"), is("x://***@db/s?a=1&a=2: 'a' is given twice"));
    UsageException unknown =
        assertThrows(
            UsageException.class,
            () -> ConnectorUri.parse("x://h/p?password=hunter2").allowParameters(Set.of()));
    assertThat(
        unknown.getMessage(),
        is("x://h/p?password=***: unknown parameter 'password'; x takes none"));
  }

  @Test
  public void whatIsRememberedHasNoUser() {
    ConnectorUri uri = ConnectorUri.parse("x://ann:hunter2@db/s?table=a.b&commit=1s&password=p");

    assertThat(uri.withoutParameters(), is("x://***@db/s"));
    assertThat(uri.withParametersOnly("table", "catalog"), is("x://***@db/s?table=a.b"));
  }

  @Test
  public void hidesOnlyWhatIsShown() {
    ConnectorUri uri = ConnectorUri.parse("x://ann:hunter2@db/s?password=p");

    assertThat(uri.place(), is("//ann:hunter2@db/s"));
    assertThat(uri.parameter("password").orElseThrow(), is("p"));
    assertThat(uri.withDefault("table", "t").place(), is(uri.place()));
  }

  private static String shown(String text) {
    return ConnectorUri.parse(text).toString();
  }

  private static String refusal(String text) {
    return assertThrows(UsageException.class, () -> ConnectorUri.parse(text)).getMessage();
  }
}
