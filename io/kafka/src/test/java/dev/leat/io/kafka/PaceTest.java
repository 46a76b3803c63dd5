package dev.leat.io.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.Test;

public final class PaceTest {
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 150_000_000);
  private final List<Long> sleeps = new ArrayList<>();

  @Test
  public void waitsForTheRestOfAnInterval() {
    Pace pace = pace(10);

    pace.await();
    clock.addAndGet(30_000_000);
    pace.await();
    pace.await();

    assertThat(sleeps, contains(70_000_000L, 100_000_000L));
  }

  @Test
  public void doesNotHurryAfterItWasSlow() {
    Pace pace = pace(10);

    pace.await();
    clock.addAndGet(1_000_000_000);
    pace.await();
    pace.await();

    assertThat(sleeps, contains(100_000_000L));
  }

  @Test
  public void keepsTheRateOverManyThings() {
    Pace pace = pace(250);
    long begin = clock.get();

    for (int i = 0; i < 1001; i++) {
      pace.await();
    }

    assertThat(clock.get() - begin, is(4_000_000_000L));
  }

  private Pace pace(double perSecond) {
    return new Pace(
        perSecond,
        clock::get,
        wait -> {
          sleeps.add(wait);
          clock.addAndGet(wait);
        });
  }
}
