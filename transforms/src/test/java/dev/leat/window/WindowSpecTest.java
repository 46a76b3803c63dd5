package dev.leat.window;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.testing.WindowFnTestUtils;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;

public class WindowSpecTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  public void givesTheWindowsThatBeamGives() throws Exception {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      Duration size = Duration.ofMillis(1 + random.nextInt(1 << (1 + random.nextInt(29))));
      Duration period = Duration.ofMillis(Math.max(1, size.toMillis() / (1 + random.nextInt(20))));
      long time = random.nextLong() >> (13 + random.nextInt(40));
      for (WindowSpec spec :
          List.of(
              WindowSpec.fixed(size),
              WindowSpec.fixed(size).withOffset(Duration.ofMillis(size.toMillis() / 3)),
              WindowSpec.sliding(size, period),
              WindowSpec.sliding(size, period).withOffset(Duration.ofMillis(period.toMillis() / 3)),
              WindowSpec.session(size))) {

        assertThat(
            spec + " at " + time,
            spec.windowsOf(Instant.ofEpochMilli(time)),
            containsInAnyOrder(
                WindowFnTestUtils.assignedWindows(spec.windowFn(), time)
                    .toArray(new IntervalWindow[0])));
      }
    }
  }

  @Test
  public void alignsWindowsTo1970AlsoBeforeIt() {
    assertThat(
        WindowSpec.fixed(Duration.ofHours(1)).windowsOf(Instant.parse("1969-12-31T23:59:59.999Z")),
        is(List.of(window("1969-12-31T23:00:00Z", "1970-01-01T00:00:00Z"))));
    assertThat(
        WindowSpec.fixed(Duration.ofHours(1)).windowsOf(Instant.parse("1970-01-01T00:00:00Z")),
        is(List.of(window("1970-01-01T00:00:00Z", "1970-01-01T01:00:00Z"))));
    assertThat(
        WindowSpec.sliding(Duration.ofMinutes(15), Duration.ofMinutes(10))
            .windowsOf(Instant.parse("2015-09-12T13:02:00Z")),
        containsInAnyOrder(
            window("2015-09-12T13:00:00Z", "2015-09-12T13:15:00Z"),
            window("2015-09-12T12:50:00Z", "2015-09-12T13:05:00Z")));
    assertThat(
        WindowSpec.session(Duration.ofSeconds(20)).windowsOf(Instant.parse("2015-09-12T13:02:00Z")),
        is(List.of(window("2015-09-12T13:02:00Z", "2015-09-12T13:02:20Z"))));
  }

  @Test
  public void beginsWindowsAtTheirOffset() {
    WindowSpec daysOfLima = WindowSpec.fixed(Duration.ofDays(1)).withOffset(Duration.ofHours(5));

    assertThat(
        daysOfLima.windowsOf(Instant.parse("2015-09-12T04:59:59.999Z")),
        is(List.of(window("2015-09-11T05:00:00Z", "2015-09-12T05:00:00Z"))));
    assertThat(
        daysOfLima.windowsOf(Instant.parse("2015-09-12T05:00:00Z")),
        is(List.of(window("2015-09-12T05:00:00Z", "2015-09-13T05:00:00Z"))));
    assertThat(
        WindowSpec.sliding(Duration.ofMinutes(15), Duration.ofMinutes(10))
            .withOffset(Duration.ofMinutes(2))
            .windowsOf(Instant.parse("2015-09-12T13:02:00Z")),
        containsInAnyOrder(
            window("2015-09-12T13:02:00Z", "2015-09-12T13:17:00Z"),
            window("2015-09-12T12:52:00Z", "2015-09-12T13:07:00Z")));
  }

  @Test
  public void tellsTheLastStartAtOrBeforeATime() {
    WindowSpec spec = WindowSpec.fixed(MINUTE).withOffset(Duration.ofSeconds(10));

    assertThat(spec.lastStart(70_000), is(70_000L));
    assertThat(spec.lastStart(69_999), is(10_000L));
    assertThat(spec.lastStart(9_999), is(-50_000L));
    assertThat(
        WindowSpec.sliding(Duration.ofMinutes(5), MINUTE)
            .withOffset(Duration.ofSeconds(10))
            .lastStart(129_999),
        is(70_000L));
  }

  @Test
  public void refusesOffsetsThatAreNone() {
    assertThat(
        refusal(() -> WindowSpec.fixed(MINUTE).withOffset(MINUTE)),
        is("offset: expected less than 1m, which is from one window to the next, got 1m"));
    assertThat(
        refusal(() -> WindowSpec.sliding(Duration.ofHours(1), MINUTE).withOffset(MINUTE)),
        is("offset: expected less than 1m, which is from one window to the next, got 1m"));
    assertThat(
        refusal(() -> WindowSpec.fixed(MINUTE).withOffset(Duration.ofSeconds(-1))),
        is("offset: expected whole milliseconds from 1ms to 3660d, got -1s"));
    assertThat(
        refusal(() -> WindowSpec.session(MINUTE).withOffset(Duration.ofSeconds(1))),
        is(
            "offset: expected fixed or sliding windows, because a session begins with its first"
                + " event"));
  }

  @Test
  public void takesSizesFrom1MsTo3660Days() {
    assertThat(WindowSpec.fixed(Duration.ofMillis(1)).size(), is(Duration.ofMillis(1)));
    assertThat(WindowSpec.fixed(Duration.ofDays(3660)).size(), is(Duration.ofDays(3660)));
    assertThat(
        WindowSpec.fixed(MINUTE).withAllowedLateness(Duration.ZERO).allowedLateness(),
        is(Duration.ZERO));
    assertThat(WindowSpec.sliding(MINUTE, MINUTE).period(), is(MINUTE));
    assertThat(
        WindowSpec.sliding(Duration.ofMillis(10_000), Duration.ofMillis(1)).period(),
        is(Duration.ofMillis(1)));
  }

  @Test
  public void refusesOtherSizesByName() {
    assertThat(
        refusal(() -> WindowSpec.fixed(Duration.ofSeconds(-5))),
        is("fixed: expected whole milliseconds from 1ms to 3660d, got -5s"));
    assertThat(
        refusal(() -> WindowSpec.fixed(Duration.ZERO)),
        is("fixed: expected whole milliseconds from 1ms to 3660d, got 0s"));
    assertThat(
        refusal(() -> WindowSpec.session(Duration.ofDays(3661))),
        is("session: expected whole milliseconds from 1ms to 3660d, got 3661d"));
    assertThat(
        refusal(() -> WindowSpec.sliding(Duration.ZERO, MINUTE)),
        is("sliding: expected whole milliseconds from 1ms to 3660d, got 0s"));
    assertThat(
        refusal(() -> WindowSpec.sliding(MINUTE, Duration.ZERO)),
        is("every: expected whole milliseconds from 1ms to 3660d, got 0s"));
    assertThat(
        refusal(() -> WindowSpec.fixed(MINUTE).withAllowedLateness(Duration.ofMillis(-1))),
        is("allowedLateness: expected whole milliseconds from 1ms to 3660d, got -1ms"));
    assertThat(
        refusal(() -> WindowSpec.fixed(MINUTE).withEarly(Duration.ZERO)),
        is("early: expected whole milliseconds from 1ms to 3660d, got 0s"));
    assertThat(
        refusal(() -> WindowSpec.fixed(MINUTE).withLate(Duration.ZERO)),
        is("late: expected whole milliseconds from 1ms to 3660d, got 0s"));
    assertThat(
        refusal(() -> WindowSpec.fixed(Duration.ofNanos(1_500_000))),
        is("fixed: expected whole milliseconds from 1ms to 3660d, got PT0.0015S"));
    assertThat(
        refusal(() -> WindowSpec.fixed(Duration.ofSeconds(Long.MAX_VALUE))),
        is(
            "fixed: expected whole milliseconds from 1ms to 3660d, got"
                + " PT2562047788015215H30M7S"));
  }

  @Test
  public void refusesPeriodsThatLoseEventsOrMakeTooManyWindows() {
    assertThat(
        refusal(() -> WindowSpec.sliding(MINUTE, Duration.ofMinutes(2))),
        is("every: expected at most the window's 1m, got 2m"));
    assertThat(
        refusal(() -> WindowSpec.sliding(Duration.ofDays(1), Duration.ofSeconds(1))),
        is("every: expected at least a 10,000th of the window's 1d, got 1s"));
  }

  private static IntervalWindow window(String start, String end) {
    return new IntervalWindow(Instant.parse(start), Instant.parse(end));
  }

  private static String refusal(ThrowingRunnable run) {
    return assertThrows(IllegalArgumentException.class, run).getMessage();
  }
}
