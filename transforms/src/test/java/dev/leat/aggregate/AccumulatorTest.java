package dev.leat.aggregate;

import static dev.leat.SampleEvents.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.field.EventView;
import dev.leat.field.PayloadReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.Test;

public class AccumulatorTest {
  private static final Measure COUNT = Measure.count("/x");
  private static final Measure SUM = Measure.sum("/x");
  private static final Measure AVG = Measure.avg("/x");
  private static final Measure DISTINCT = Measure.distinct("/x");
  private static final Measure APPROX = Measure.approxDistinct("/x");
  private static final Measure MEDIAN = Measure.quantile("/x", 0.5);

  @Test
  public void addsDecimalsExactly() {
    assertThat(of(SUM, "0.1", "0.2"), is(new BigDecimal("0.3")));
    assertThat(of(SUM, "1e19", "0.000000001", "-1e19"), is(new BigDecimal("1E-9")));
    assertThat(of(SUM, "1.50", "0.50"), is(new BigDecimal("2")));
    assertThat(of(SUM, "1e3"), is(new BigDecimal("1000")));
    assertThat(of(SUM, "0.5", "-0.50"), is(BigDecimal.ZERO));
    assertThat(of(SUM, "\" 7\"", "\"0.25\""), is(new BigDecimal("7.25")));
    assertThat(of(SUM, "null"), is(nullValue()));
    assertThat(of(SUM), is(nullValue()));
  }

  @Test
  public void roundsOnceAtTheEndTo9DigitsHalfToEven() {
    assertThat(of(AVG, "1", "2"), is(new BigDecimal("1.5")));
    assertThat(of(AVG, "1", "1", "2"), is(new BigDecimal("1.333333333")));
    assertThat(of(AVG, "2", "2", "1"), is(new BigDecimal("1.666666667")));
    assertThat(of(AVG, "null", "4"), is(new BigDecimal("4")));
    assertThat(of(AVG, "0", "0"), is(BigDecimal.ZERO));
    assertThat(of(AVG), is(nullValue()));
    assertThat(of(SUM, "0.0000000004", "0.0000000004"), is(new BigDecimal("1E-9")));
    assertThat(of(SUM, "0.0000000025"), is(new BigDecimal("2E-9")));
    assertThat(of(SUM, "0.0000000035"), is(new BigDecimal("4E-9")));
    assertThat(of(Measure.min("/x"), "1e-12"), is(BigDecimal.ZERO));
    assertThat(
        of(Measure.top("/x", 2), "1.23456789012", "1"),
        is(List.of(new BigDecimal("1.23456789"), BigDecimal.ONE)));
  }

  @Test
  public void refusesNumbersOfMoreThan20DigitsBeforeThePoint() {
    for (Measure measure :
        List.of(SUM, AVG, Measure.min("/x"), Measure.max("/x"), Measure.top("/x", 1))) {
      RejectedException refusal = assertThrows(RejectedException.class, () -> of(measure, "1e20"));

      assertThat(
          refusal.getMessage(),
          is("/x: expected a number of at most 20 digits before the point, got a longer one"));
    }
    assertThat(of(SUM, "99999999999999999999"), is(new BigDecimal("99999999999999999999")));
  }

  @Test
  public void findsExtremes() {
    assertThat(of(Measure.min("/x"), "3", "-1.50", "2"), is(new BigDecimal("-1.5")));
    assertThat(of(Measure.max("/x"), "3", "-1.50", "3.0", "null"), is(new BigDecimal("3")));
    assertThat(of(Measure.min("/x"), "null"), is(nullValue()));
    assertThat(
        of(Measure.top("/x", 3), "1", "5", "4.0", "5.00", "null", "-1"),
        is(List.of(new BigDecimal("5"), new BigDecimal("5"), new BigDecimal("4"))));
    assertThat(of(Measure.top("/x", 2)), is(List.of()));
  }

  @Test
  public void countsDifferentTexts() {
    assertThat(of(COUNT, "1", "null", "\"\"", "[]"), is(3L));
    assertThat(of(Measure.count(), "1", "null"), is(2L));
    for (Measure measure : List.of(DISTINCT, APPROX)) {
      assertThat(of(measure), is(0L));
      assertThat(of(measure, "null"), is(0L));
      assertThat(of(measure, "1", "1.0", "\"1\"", "\"\"", "true", "\"b\""), is(4L));
    }
  }

  @Test
  public void takesTheFirstAndLastByTimeThenIdThenSource() {
    Event early = event("b", 1, "{\"x\":\"early\"}");
    Event sameTime = event("a", 1, "{\"x\":\"lower id\"}");
    Event sameId = sameTime.toBuilder().source("zoo").data(payload("\"higher source\"")).build();
    Event late = event("0", 2, "{\"x\":\"late\"}");
    Event latest = event("z", 9, "{\"x\":null}");
    List<Event> events = new ArrayList<>(List.of(early, sameTime, sameId, late, latest));

    for (int i = 0; i < 20; i++) {
      Collections.shuffle(events, new Random(i));

      assertThat(of(Measure.first("/x"), events), is("lower id"));
      assertThat(of(Measure.last("/x"), events), is("late"));
    }
    assertThat(of(Measure.first("/x"), List.of(early, sameId, sameTime)), is("lower id"));
    assertThat(of(Measure.last("/x"), List.of(sameId, sameTime)), is("higher source"));
    assertThat(of(Measure.last("/x"), List.of(latest)), is(nullValue()));
  }

  @Test
  public void findsQuantilesWithinOnePercent() {
    List<Event> events = new ArrayList<>();
    for (int i = 1; i <= 1001; i++) {
      events.add(event("e" + i, 0, "{\"x\":" + i * 1000 + "}"));
    }

    assertThat((Double) of(MEDIAN, events), both(greaterThan(495_990.0)).and(lessThan(506_010.0)));
    assertThat(
        (Double) of(Measure.quantile("/x", 1), events),
        both(greaterThan(990_990.0)).and(lessThan(1_011_010.0)));
    assertThat(
        (Double) of(Measure.quantile("/x", 0), events),
        both(greaterThan(990.0)).and(lessThan(1010.0)));
    assertThat(of(MEDIAN, "0", "0", "5"), is(0.0));
    assertThat((Double) of(MEDIAN, "-100"), both(greaterThan(-101.0)).and(lessThan(-99.0)));
    assertThat(of(MEDIAN, "1e-400"), is(0.0));
    assertThat(of(MEDIAN, "null"), is(nullValue()));
    assertThat(of(MEDIAN), is(nullValue()));
  }

  @Test
  public void refusesNumbersThatASketchCannotHold() {
    RejectedException refusal = assertThrows(RejectedException.class, () -> of(MEDIAN, "1e301"));

    assertThat(refusal.getMessage(), is("/x: expected a number of at most 1e300 for a quantile"));
    assertThat((Double) of(MEDIAN, "-1e300"), lessThan(-0.98e300));
  }

  @Test
  public void estimatesDifferentTextsWithinOnePercent() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      events.add(event("e" + i, 0, "{\"x\":" + i % 30_000 + "}"));
    }

    assertThat((Long) of(APPROX, events), both(greaterThan(29_700L)).and(lessThan(30_300L)));
    assertThat(of(APPROX, events.subList(0, 1000)), is(1000L));
  }

  @Test
  public void givesTheSameInAnyOrderAndAnySplit() {
    Random random = new Random(7);
    IntFunction<String> numbers =
        i -> "" + BigDecimal.valueOf(random.nextLong() >> 20, random.nextInt(40) - 6);
    for (Measure measure :
        List.of(
            COUNT,
            SUM,
            AVG,
            DISTINCT,
            Measure.min("/x"),
            Measure.max("/x"),
            Measure.top("/x", 5),
            Measure.first("/x"),
            Measure.last("/x"),
            MEDIAN,
            Measure.quantile("/x", 0.99))) {
      sameInAnyOrder(measure, 300, numbers, 20);
    }
    sameInAnyOrder(MEDIAN, 20_000, i -> "" + random.nextGaussian() * 1e6, 3);
  }

  /** Around the sizes at which HyperLogLog goes from a set to sparse to full registers. */
  @Test
  public void estimatesTheSameInAnyOrderAndAnySplit() {
    for (int size : new int[] {10, 1270, 1279, 1280, 1281, 1290, 2000, 3400, 4500, 6000}) {
      sameInAnyOrder(APPROX, size, i -> "" + i, 8);
    }
    sameInAnyOrder(APPROX, 100_000, i -> "" + i % 40_000, 3);
  }

  private static void sameInAnyOrder(
      Measure measure, int size, IntFunction<String> values, int tries) {
    List<Object> inputs = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      inputs.add(input(measure, event("e" + i % 50, i % 7, "{\"x\":" + values.apply(i) + "}")));
    }
    Part inOrder = new Part(measure);
    inputs.forEach(inOrder::add);
    Random random = new Random(size);
    for (int i = 0; i < tries; i++) {
      Collections.shuffle(inputs, random);

      assertThat(measure + " of " + size, merged(measure, inputs, random), is(inOrder.result()));
    }
  }

  /** Cuts the inputs into parts of very different sizes, and merges them as a random tree. */
  private static Object merged(Measure measure, List<Object> inputs, Random random) {
    List<Part> parts = new ArrayList<>();
    int from = 0;
    while (from < inputs.size()) {
      int to = Math.min(inputs.size(), from + random.nextInt(1 << (1 + random.nextInt(14))));
      Part part = new Part(measure);
      inputs.subList(from, to).forEach(part::add);
      parts.add(part);
      from = to;
    }
    while (parts.size() > 1) {
      Part taken = parts.remove(random.nextInt(parts.size()));
      parts.get(random.nextInt(parts.size())).merge(taken);
    }
    return parts.get(0).result();
  }

  private static Object of(Measure measure, String... values) {
    List<Event> events = new ArrayList<>();
    for (String value : values) {
      events.add(event("e", 0, "{\"x\":" + value + "}"));
    }
    return of(measure, events);
  }

  private static Object of(Measure measure, List<Event> events) {
    Part part = new Part(measure);
    events.forEach(event -> part.add(input(measure, event)));
    return part.result();
  }

  private static Object input(Measure measure, Event event) {
    return Accumulator.inputOf(measure, new EventView(event, PayloadReader.plain()));
  }

  /** One row of a column, which is not the first. */
  private static final class Part {
    private static final int ROW = 2;

    private final Measure measure;
    private final Column column;

    Part(Measure measure) {
      this.measure = measure;
      this.column = Column.of(measure);
      column.reserve(ROW + 1);
    }

    void add(Object input) {
      ByteWriter written = new ByteWriter();
      Column.writeInput(measure, input, written);
      merge(written);
    }

    void merge(Part other) {
      ByteWriter written = new ByteWriter();
      other.column.write(ROW, written);
      merge(written);
    }

    private void merge(ByteWriter written) {
      ByteReader in = new ByteReader(written.toByteArray());
      column.merge(ROW, in);
      assertThat("bytes left", in.hasMore(), is(false));
    }

    Object result() {
      return column.result(ROW);
    }
  }

  private static dev.leat.event.Payload payload(String x) {
    return dev.leat.event.Payload.utf8("{\"x\":" + x + "}");
  }
}
