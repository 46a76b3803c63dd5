package dev.leat.quality;

import static dev.leat.SampleEvents.START;
import static dev.leat.SampleEvents.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.event.Event;
import dev.leat.event.Payload;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.window.WindowSpec;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.Test;

/** What each rule says of which events. */
public class QualityRuleTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final WindowSpec MINUTES = WindowSpec.fixed(MINUTE);

  @Test
  public void aFieldThatIsMissingOrNullIsLacking() {
    List<Event> events =
        List.of(
            event("1", 0, "{\"page\":\"a\"}"),
            event("2", 0, "{\"page\":null}"),
            event("3", 0, "{}"),
            event("4", 0, "{\"page\":\"\"}"),
            event("5", 0, "{\"page\":0}"),
            event("6", 0, "[1]"),
            event("7", 0, "{\"page\":"));

    assertThat(
        problems(nulls("/page", "57.1%"), events),
        is(told("/page", "57.1%", "4 of 7 events (57.1%)")));
    assertThat(problems(nulls("/page", "57.2%"), events), is(empty()));
    assertThat(problems(nulls("tenant", "0%"), events), is(empty()));
    assertThat(
        problems(nulls("subject", "99%"), events),
        is(told("subject", "99%", "7 of 7 events (100%)")));
  }

  @Test
  public void anEmptyCellOfCsvIsLackingAndAnEmptyDerivedTextIsNot() {
    List<Event> events = new ArrayList<>();
    for (String row : new String[] {"x,1", ",1", "\" \",1"}) {
      Event csv =
          event("1", 0, "").toBuilder()
              .contentType(PayloadReader.CSV_WITH_HEADER)
              .data(Payload.utf8("page,n\r\n" + row))
              .derived("empty", com.fasterxml.jackson.databind.node.TextNode.valueOf(""))
              .build();
      events.add(csv);
    }

    assertThat(
        problems(nulls("/page", "0%"), events), is(told("/page", "0%", "1 of 3 events (33.3%)")));
    assertThat(problems(nulls("empty", "0%"), events), is(empty()));
  }

  @Test
  public void aValueIsInsideIfItIsANumberFromTheFirstToTheSecond() {
    List<Event> events = new ArrayList<>();
    for (String value :
        new String[] {
          "-100",
          "5000",
          "\"5000.0\"",
          "5e3",
          "-100.000000000000000001",
          "5000.1",
          "\"many\"",
          "true",
          "[1]",
          "\" \"",
          "null"
        }) {
      events.add(event(value, 0, "{\"x\":" + value + "}"));
    }

    assertThat(
        problems(between("/x", "-100", "5000", "59.9%"), events),
        is(
            List.of(
                "quality {field: /x, between: [-100, 5000], except: 59.9%}: expected at most 59.9%"
                    + " outside, got 6 of 10 values (60%)")));
    assertThat(problems(between("/x", "-100", "5000", "60%"), events), is(empty()));
    assertThat(problems(between("/y", "0", "0", "0%"), events), is(empty()));
  }

  @Test
  public void rowsAreWithinTheirLimits() {
    assertThat(
        judged(QualityRule.rows(1, Optional.empty()), List.of(), 0, Optional.empty()),
        contains("quality {rows: {min: 1}}: expected at least 1, got 0"));
    assertThat(
        judged(QualityRule.rows(0, Optional.of(1999L)), List.of(), 2000, Optional.empty()),
        contains("quality {rows: {min: 0, max: 1999}}: expected at most 1,999, got 2,000"));
    assertThat(
        judged(QualityRule.rows(2, Optional.of(2L)), List.of(), 2, Optional.empty()), is(empty()));
  }

  @Test
  public void noEventsKeepRulesAboutFieldsAndVolume() {
    assertThat(problems(nulls("/page", "0%"), List.of()), is(empty()));
    assertThat(problems(between("/x", "0", "1", "0%"), List.of()), is(empty()));
    assertThat(problems(volume("0%", 1, MINUTES), List.of()), is(empty()));
    assertThat(judged(volume("0%", 1, MINUTES), List.of(), 0, Optional.of(START)), is(empty()));
  }

  @Test
  public void aWindowMayFallByTheShareAndNotByMore() {
    List<Event> half = minutes(4, 2, 1);
    List<Event> more = minutes(4, 1, 1);

    assertThat(problems(volume("50%", 1, MINUTES), half), is(empty()));
    assertThat(
        problems(volume("50%", 1, MINUTES), more),
        contains(
            "quality {volume: {dropMoreThan: 50%, against: 1m}}: 2015-09-12T13:01:00Z has 1 event,"
                + " 1m before it were 4 (fell by 75%)"));
  }

  @Test
  public void theLastWindowIsNotComparedUnlessItIsFull() {
    List<Event> events = minutes(4, 4, 1);

    assertThat(problems(volume("50%", 1, MINUTES), events), is(empty()));
    assertThat(
        judged(volume("50%", 1, MINUTES), events, 0, Optional.of(START.plusSeconds(179))),
        is(empty()));
    assertThat(
        judged(volume("50%", 1, MINUTES), events, 0, Optional.of(START.plusSeconds(180))),
        contains(
            "quality {volume: {dropMoreThan: 50%, against: 1m}}: 2015-09-12T13:02:00Z has 1 event,"
                + " 1m before it were 4 (fell by 75%)"));
  }

  @Test
  public void aWindowWithoutEventsCountsAsNone() {
    List<Event> gap = minutes(4, 0, 4, 4);
    List<Event> end = minutes(4);

    assertThat(
        problems(volume("99%", 1, MINUTES), gap),
        contains(
            "quality {volume: {dropMoreThan: 99%, against: 1m}}: 2015-09-12T13:01:00Z has 0 events,"
                + " 1m before it were 4 (fell by 100%)"));
    assertThat(problems(volume("100%", 1, MINUTES), gap), is(empty()));
    assertThat(
        judged(volume("99%", 1, MINUTES), end, 0, Optional.of(START.plusSeconds(120))),
        contains(
            "quality {volume: {dropMoreThan: 99%, against: 1m}}: 2015-09-12T13:01:00Z has 0 events,"
                + " 1m before it were 4 (fell by 100%)"));
  }

  @Test
  public void tellsTheFirstWindowsThatFell() {
    assertThat(
        problems(volume("0%", 1, MINUTES), minutes(9, 8, 7, 6, 5, 4, 4)),
        contains(
            "quality {volume: {dropMoreThan: 0%, against: 1m}}: 2015-09-12T13:01:00Z has 8 events,"
                + " 1m before it were 9 (fell by 11.1%); 2015-09-12T13:02:00Z has 7 events, 1m"
                + " before it were 8 (fell by 12.5%); 2015-09-12T13:03:00Z has 6 events, 1m before"
                + " it were 7 (fell by 14.3%); and 2 more windows"));
  }

  @Test
  public void comparesSlidingWindowsAndEarlierOnes() {
    WindowSpec sliding = WindowSpec.sliding(Duration.ofMinutes(2), MINUTE);

    // The windows from 12:59 on have 4, 8, 5, 2 and 1 events.
    assertThat(
        judged(
            volume("40%", 2, sliding), minutes(4, 4, 1, 1), 0, Optional.of(START.plusSeconds(240))),
        contains(
            "quality {volume: {dropMoreThan: 40%, against: 2m}}: 2015-09-12T13:02:00Z has 2 events,"
                + " 2m before it were 8 (fell by 75%)"));
    assertThat(problems(volume("40%", 2, sliding), minutes(4, 4, 1, 1)), is(empty()));
    assertThat(problems(volume("40%", 1, sliding), minutes(4, 4, 1, 1)), is(empty()));
  }

  @Test
  public void refusesRulesThatCannotBe() {
    assertThat(
        refused(() -> between("/x", "2", "1", "0%")),
        is("between: expected the lower number first, got 2 and 1"));
    assertThat(
        refused(() -> QualityRule.rows(-1, Optional.empty())),
        is("min: expected 0 or more, got -1"));
    assertThat(
        refused(() -> QualityRule.rows(2, Optional.of(1L))),
        is("max: expected at least the min of 2, got 1"));
    assertThat(
        refused(() -> volume("0%", 1, WindowSpec.session(MINUTE))),
        is(
            "volume: expected fixed or sliding windows, because sessions have none before them to"
                + " be compared with"));
    for (Duration against :
        List.of(Duration.ZERO, MINUTE.negated(), Duration.ofSeconds(90), Duration.ofNanos(1))) {
      assertThat(
          refused(() -> QualityRule.volume(Share.parse("0%"), against, MINUTES)),
          is(
              "against: expected a multiple of 1m, which is from one window to the next, got "
                  + WindowSpec.text(against)));
    }
  }

  @Test
  public void addsUpTheSameInAnyOrderAndGrouping() {
    List<QualityRule> rules = List.of(nulls("/page", "0%"), volume("10%", 1, MINUTES));
    List<Event> events = minutes(9, 8, 0, 6, 5, 4, 4);
    Tally together = tally(rules, events);

    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      List<Event> order = new ArrayList<>(events);
      Collections.shuffle(order, random);
      List<Tally> parts = new ArrayList<>();
      for (int from = 0; from < order.size(); ) {
        int to = Math.min(order.size(), from + random.nextInt(7));
        parts.add(tally(rules, order.subList(from, to)));
        from = to;
      }
      int cut = random.nextInt(parts.size() + 1);
      Tally sum =
          Tally.sum(
              List.of(
                  Tally.sum(parts.subList(cut, parts.size())), Tally.sum(parts.subList(0, cut))));

      assertThat("seed " + seed, sum, is(together));
    }
  }

  @Test
  public void keepsItsSettingsThroughSerialization() {
    for (QualityRule rule :
        List.of(
            nulls("/page", "0.5%"),
            between("a.b", "-1", "1", "2%"),
            volume("50%", 60, MINUTES),
            QualityRule.rows(1, Optional.of(2L)))) {
      assertThat(SerializableUtils.clone(rule).toString(), is(rule.toString()));
    }
  }

  private static QualityRule nulls(String field, String atMost) {
    return QualityRule.nulls(FieldRef.parse(field), Share.parse(atMost));
  }

  private static QualityRule between(String field, String least, String most, String except) {
    return QualityRule.between(
        FieldRef.parse(field), new BigDecimal(least), new BigDecimal(most), Share.parse(except));
  }

  private static QualityRule volume(String dropMoreThan, int minutes, WindowSpec windows) {
    return QualityRule.volume(Share.parse(dropMoreThan), MINUTE.multipliedBy(minutes), windows);
  }

  private static List<String> told(String field, String atMost, String got) {
    return List.of(
        "quality {field: "
            + field
            + ", nulls: "
            + atMost
            + "}: expected at most "
            + atMost
            + ", got "
            + got);
  }

  private static List<String> problems(QualityRule rule, List<Event> events) {
    return judged(rule, events, 0, Optional.empty());
  }

  private static List<String> judged(
      QualityRule rule, List<Event> events, long rows, Optional<Instant> completeUntil) {
    List<QualityRule> rules = List.of(rule);
    Tally tally = Tally.sum(List.of(tally(rules, events), Tally.ofRows(rows)));
    return new Judge(rules, completeUntil).problems(tally);
  }

  private static Tally tally(List<QualityRule> rules, List<Event> events) {
    List<Map<Long, Long>> cells = new ArrayList<>();
    rules.forEach(unused -> cells.add(new HashMap<>()));
    long last = Long.MIN_VALUE;
    for (Event event : events) {
      long millis = event.time().toEpochMilli();
      last = Math.max(last, millis);
      for (int i = 0; i < rules.size(); i++) {
        Map<Long, Long> counts = cells.get(i);
        rules.get(i).count(millis, cell -> counts.merge(cell, 1L, Long::sum));
        rules
            .get(i)
            .look(
                new EventView(event, PayloadReader.plain()),
                cell -> counts.merge(cell, 1L, Long::sum));
      }
    }
    return Tally.ofEvents(events.size(), last, cells);
  }

  /** So many events in each minute from the start, each in its middle. */
  private static List<Event> minutes(int... counts) {
    List<Event> events = new ArrayList<>();
    for (int minute = 0; minute < counts.length; minute++) {
      for (int i = 0; i < counts[minute]; i++) {
        events.add(event(minute + "-" + i, minute * 60L + 30, "{}"));
      }
    }
    return events;
  }

  private static String refused(Runnable rule) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, rule::run).getMessage());
  }
}
