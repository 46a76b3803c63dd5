package dev.leat.dedup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.Assert.assertThrows;

import dev.leat.deadletter.RejectedException;
import org.junit.Test;

public class ProducerStateTest {
  private static final long NOW = 1_766_000_000_000L;

  @Test
  public void takesAtMost64BytesAfterAMillionNumbersInOrder() {
    ProducerState producer = ProducerState.empty();
    for (long number = 1; number <= 1_000_000; number++) {
      producer.offer(number, NOW + number);
      producer.watch();
    }

    assertThat(producer.write().length, is(lessThanOrEqualTo(64)));
    assertThat(ProducerState.read(producer.write()).offer(1_000_000, NOW), is(Verdict.REPEAT));
    assertThat(ProducerState.read(producer.write()).offer(1_000_001, NOW), is(Verdict.NEW));
  }

  @Test
  public void waitsForGapsAndReportsEachOnce() {
    ProducerState producer = offered(1, 2, 5, 9);
    assertThat(producer.watch(), is(true));
    assertThat(producer.watch(), is(false));

    producer = ProducerState.read(producer.write());
    producer.offer(7, NOW);
    producer.offer(3, NOW);
    producer.offer(12, NOW);

    assertThat(producer.stopWatching().toString(), is("4,6,8"));
    assertThat(producer.watch(), is(true));
    producer = ProducerState.read(producer.write());
    assertThat(producer.stopWatching().toString(), is("10-11"));
    assertThat(producer.watch(), is(false));
    assertThat(producer.gaps().toString(), is("4,6,8,10-11"));
  }

  @Test
  public void waitsForNothingWhileNumbersFollowOneAnother() {
    ProducerState producer = offered(7, 6, 8, 5);

    assertThat(producer.watch(), is(false));
    assertThat(ProducerState.empty().watch(), is(false));
    assertThat(ProducerState.empty().gaps().isEmpty(), is(true));
  }

  @Test
  public void keepsTheLatestTime() {
    ProducerState producer = ProducerState.empty();
    producer.offer(1, NOW);
    producer.offer(2, NOW - 5);

    assertThat(ProducerState.read(producer.write()).latestMillis(), is(NOW));
  }

  @Test
  public void refusesAnotherRunOfAProducerOfTooMany() {
    ProducerState producer = ProducerState.empty();
    for (long run = 0; run < ProducerState.MAX_RUNS; run++) {
      producer.offer(10 * run, NOW);
    }

    RejectedException refusal =
        assertThrows(RejectedException.class, () -> producer.offer(10 * 500 + 5, NOW));

    assertThat(
        refusal.detail(),
        is("sequence: expected consecutive numbers, got more than 100000 runs of a source"));
    assertThat(producer.offer(10 * 500, NOW), is(Verdict.REPEAT));
    assertThat(producer.offer(10 * 500 + 1, NOW), is(Verdict.NEW));
    assertThat(producer.offer(10 * 500 - 1, NOW), is(Verdict.NEW));
  }

  @Test
  public void takesNumbersFromTheFirstToBeforeTheLast() {
    ProducerState producer = offered(Long.MIN_VALUE, Long.MAX_VALUE - 1, 0);
    producer.watch();

    producer = ProducerState.read(producer.write());
    assertThat(
        producer.stopWatching().toString(), is("-9223372036854775807--1,1-9223372036854775805"));
    RejectedException refusal =
        assertThrows(RejectedException.class, () -> offered(Long.MAX_VALUE));
    assertThat(refusal.detail(), is("sequence: expected less than 9223372036854775807"));
  }

  private static ProducerState offered(long... numbers) {
    ProducerState producer = ProducerState.empty();
    for (long number : numbers) {
      producer.offer(number, NOW);
    }
    return producer;
  }
}
