package dev.leat.testing.benchmarks.flights;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.Test;

public class FlightReaderTest {
  @Test
  public void readsWhatIsNeededAndNothingElse() throws IOException {
    Flight flight =
        FlightReader.read(
            "{\"id\":\"f1\",\"time\":\"2001-01-14T21:55:07Z\",\"origin\":\"SFO\","
                + "\"destination\":{\"more\":[1]},\"delay\":-3,\"distance\":2586}");

    assertThat(flight.id, is("f1"));
    assertThat(flight.time, is(Instant.parse("2001-01-14T21:55:07Z").toEpochMilli()));
    assertThat(flight.origin, is("SFO"));
    assertThat(flight.delay, is(-3));
    assertThat(flight.distance, is(2586));
    assertThat(flight.hour(), is(Instant.parse("2001-01-14T21:00:00Z").toEpochMilli()));
  }

  @Test
  public void readsTimesAsInstantDoes() {
    for (String text :
        List.of(
            "1970-01-01T00:00:00Z",
            "2000-02-29T23:59:59Z",
            "2001-03-01T00:00:00Z",
            "1900-03-01T12:30:00Z",
            "2400-12-31T01:02:03Z",
            "2001-01-14T21:55:07.25Z")) {
      assertThat(
          text,
          FlightReader.millis(text.toCharArray(), 0, text.length()),
          is(Instant.parse(text).toEpochMilli()));
    }
  }
}
