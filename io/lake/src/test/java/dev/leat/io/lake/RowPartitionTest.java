package dev.leat.io.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Instant;
import org.junit.Test;

public final class RowPartitionTest {
  @Test
  public void numbersPartitionsAsIcebergDoes() {
    for (String time :
        new String[] {"1969-11-30T23:59:59.999Z", "1970-01-01T00:00:00Z", "2001-03-31T12:00:00Z"}) {
      Instant windowStart = Instant.parse(time);
      for (RowPartition partition : new RowPartition[] {RowPartition.DATE, RowPartition.MONTH}) {
        assertThat(
            partition + " of " + time,
            partition.beginOf(Math.toIntExact(partition.ordinalOf(windowStart))),
            is(partition.beginOf(windowStart)));
      }
    }
    assertThat(RowPartition.MONTH.ordinalOf(Instant.parse("1969-11-30T00:00:00Z")), is(-2L));
    assertThat(RowPartition.NONE.ordinalOf(Instant.parse("2001-03-31T12:00:00Z")), is(0L));
  }
}
