package dev.leat.pipelines.run;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.io.spi.ConnectorUri;
import org.junit.Test;

public class RunJobTest {
  @Test
  public void deadLettersGoBesideTheSinkAndIntoItsCatalog() {
    assertThat(beside("lake:///w/ns.t"), is("lake:///w/ns.t_dead_letters"));
    assertThat(
        beside("lake:s3://bucket/w/ns.t?partition=month&catalog=/c.properties"),
        is("lake:s3://bucket/w/ns.t_dead_letters?catalog=/c.properties"));
    assertThat(beside("csv:out"), is("jsonl:out-dead-letters"));
    assertThat(beside("parquet:///out//?partition=date"), is("jsonl:///out-dead-letters"));
    assertThat(beside("jsonl:///out"), is("jsonl:///out-dead-letters"));
  }

  @Test
  public void aSinkThatIsNoPlaceHasNothingBesideIt() {
    assertThat(beside("stdout:"), is("nowhere"));
  }

  private static String beside(String sink) {
    return RunJob.besideOf(ConnectorUri.parse(sink), "dead_letters")
        .map(ConnectorUri::toString)
        .orElse("nowhere");
  }
}
