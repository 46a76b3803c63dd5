package dev.leat.pipelines.workflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.UsageException;
import java.util.List;
import org.junit.Test;

/** What is told of workflows that are wrong: each problem with its place and what would work. */
public class WorkflowProblemsTest {
  private static final String ENVELOPE =
      "id, source, type, subject, time, tenant, sequence, schema, contentType";

  @Test
  public void tellsEveryProblemAtOnceInTheOrderOfTheDocument() {
    assertThat(
        problems(
            """
            name: flights
            events: {type: flight, time: /date, zone: Mars}
            filter: data.x >
            deduplicate: {horizon: -5s}
            agregate: {measures: {n: count}}
            aggregate:
              measures:
                p95: quantile(/delay, 95)
            """),
        contains(
            "w.yaml:2:43: events.zone: expected a time zone such as Europe/Paris or +02:00, got"
                + " 'Mars'",
            "w.yaml:3:9: filter: at character 9: mismatched input '<EOF>' expecting {'[', '{',"
                + " '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT,"
                + " STRING, BYTES, IDENTIFIER}",
            "w.yaml:4:24: deduplicate.horizon: expected 1s to 30d, got -5s",
            "w.yaml:5:1: agregate: unknown key; did you mean 'aggregate'? Known: name,"
                + " description, source, sink, events, filter, let, deduplicate, window, enrich, aggregate, quality, alerts, lake",
            "w.yaml:8:10: aggregate.measures.p95: quantile: expected a fraction from 0 to 1, got"
                + " 95"));
  }

  @Test
  public void saysWhatIsWrongWithTheTellingOfRepeats() {
    assertThat(
        problems(
            """
            name: n
            events: {type: t, time: /t}
            deduplicate: {by: sequence, horizon: 1d, reportAfter: 500ms}
            """),
        contains(
            "w.yaml:3:19: deduplicate.by: expected a sequence in events, such as sequence: /n,"
                + " because an event without a number is a dead letter",
            "w.yaml:3:29: deduplicate.horizon: only beside by: id; by sequence a repeat is told"
                + " however late it comes",
            "w.yaml:3:55: deduplicate.reportAfter: expected 1s to 30d, got 500ms"));
    assertThat(
        problems("name: n\ndeduplicate: {by: sequense, reportAfter: 1h}"),
        contains(
            "w.yaml:2:14: deduplicate: 'horizon' is missing; expected a duration such as 20s, 10m,"
                + " 1h or 1d",
            "w.yaml:2:19: deduplicate.by: expected one of id, sequence, got 'sequense'; did you"
                + " mean 'sequence'?",
            "w.yaml:2:29: deduplicate.reportAfter: only beside by: sequence"));
  }

  @Test
  public void saysWhatIsWrongWithAlerts() {
    String metrics =
        "ingest_lag_p50, ingest_lag_p95, ingest_lag_p99, poison_rate, late_rate, duplicate_rate,"
            + " dead_letters, gaps, throughput";
    assertThat(
        problems(
            """
            name: n
            alerts:
              - {metric: consumer_lag, above: 5}
              - {metric: ingest_lag_p96, above: 5s, for: -1s}
              - {metric: ingest_lag_p95, above: 1%, for: 2d}
              - {metric: poison_rate, above: 101%, below: 1%}
              - {metric: poison_rate, below: 60s}
              - {metric: dead_letters, above: 1.5}
              - {metric: dead_letters, above: -1}
              - {metric: throughput, below: 100}
              - {metric: throughput, below: 100/m}
              - {above: 1}
              - {metric: gaps, abov: 1}
              - {metric: gaps}
              - {metric: gaps, above: 1}
              - {metric: gaps, above: 1, for: 0s}
            """),
        contains(
            "w.yaml:3:14: alerts[0].metric: expected one of " + metrics + ", got 'consumer_lag'",
            "w.yaml:4:14: alerts[1].metric: expected one of "
                + metrics
                + ", got 'ingest_lag_p96'; did you mean 'ingest_lag_p95'?",
            "w.yaml:4:46: alerts[1].for: expected 0s to 1d, got -1s",
            "w.yaml:5:37: alerts[2].above: expected a duration such as 20s, 10m, 1h or 1d, got '1%'",
            "w.yaml:5:46: alerts[2].for: expected 0s to 1d, got 2d",
            "w.yaml:6:5: alerts[3]: expected exactly one of above, below, got both",
            "w.yaml:7:34: alerts[4].below: expected a share such as 0%, 0.5% or 50%, got '60s'",
            "w.yaml:8:35: alerts[5].above: expected a whole number, 0 or more, got 1.5",
            "w.yaml:9:35: alerts[6].above: expected a whole number, 0 or more, got -1",
            "w.yaml:10:33: alerts[7].below: expected a rate such as 100/s or 0.5/s, got 100 (for a"
                + " text, put it in quotes)",
            "w.yaml:11:33: alerts[8].below: expected a rate such as 100/s or 0.5/s, got '100/m'",
            "w.yaml:12:5: alerts[9]: 'metric' is missing; expected one of " + metrics,
            "w.yaml:13:20: alerts[10].abov: unknown key; did you mean 'above'? Known: metric, above,"
                + " below, for",
            "w.yaml:14:5: alerts[11]: expected exactly one of above, below, got none",
            "w.yaml:16:5: alerts[13]: given twice"));
  }

  @Test
  public void saysWhatIsWrongWithQualityRules() {
    assertThat(
        problems(
            """
            name: n
            window: {session: 5m}
            aggregate: {measures: {n: count}}
            quality:
              - {field: pag, nulls: 0%}
              - {field: /a, nulls: half}
              - {field: /a, nulls: 101%}
              - {field: /a, nulls: 1%, except: 1%}
              - {field: /a, between: [9, -1]}
              - {field: /a, between: [.inf, 1e999]}
              - {nulls: 1%, rows: {min: 1}}
              - {}
              - {field: /a, nuls: 0%}
              - {volume: {dropMoreThan: 50%, against: 24h}}
              - {field: /a, volume: {dropMoreThan: 5}}
              - {rows: {min: 0.5, max: -1}}
              - {rows: {min: 3, max: 2}}
            """),
        contains(
            "w.yaml:5:13: quality[0].field: unknown field 'pag'. Known: "
                + ENVELOPE
                + "; a place in the payload begins with /",
            "w.yaml:6:24: quality[1].nulls: expected a share such as 0%, 0.5% or 50%, got 'half'",
            "w.yaml:7:24: quality[2].nulls: expected 0% to 100%, got 101%",
            "w.yaml:8:28: quality[3].except: only beside between",
            "w.yaml:9:26: quality[4].between: expected the lower number first, got 9 and -1",
            "w.yaml:10:27: quality[5].between[0]: expected a number, got .inf",
            "w.yaml:10:33: quality[5].between[1]: expected a number, got 1e999",
            "w.yaml:11:5: quality[6]: expected exactly one of nulls, between, volume, rows, got"
                + " nulls and rows",
            "w.yaml:12:5: quality[7]: expected exactly one of nulls, between, volume, rows, got none",
            "w.yaml:13:17: quality[8].nuls: unknown key; did you mean 'nulls'? Known: field, nulls,"
                + " between, except, volume, rows",
            "w.yaml:14:14: quality[9].volume: expected fixed or sliding windows, because sessions"
                + " have none before them to be compared with",
            "w.yaml:15:6: quality[10].field: only beside nulls or between",
            "w.yaml:15:25: quality[10].volume: 'against' is missing; expected a duration such as"
                + " 20s, 10m, 1h or 1d",
            "w.yaml:15:40: quality[10].volume.dropMoreThan: expected a share such as 0%, 0.5% or"
                + " 50%, got 5 (for a text, put it in quotes)",
            "w.yaml:16:18: quality[11].rows.min: expected a whole number of rows, 0 or more, got"
                + " 0.5",
            "w.yaml:17:26: quality[12].rows.max: expected at least the min of 3, got 2"));
  }

  @Test
  public void comparesOnlyWindowsThatThereAre() {
    String quality = "aggregate: {measures: {n: count}}\nquality: [{volume: {dropMoreThan: 1%, ";
    assertThat(
        problems("name: n\n" + quality + "against: 1d}}]"),
        contains(
            "w.yaml:3:12: quality[0].volume: expected a window beside it, such as window: {fixed:"
                + " 1h}, of which one is compared with another"));
    assertThat(
        problems("name: n\nwindow: {fixed: 1h}\n" + quality + "against: 90m}}]"),
        contains(
            "w.yaml:4:48: quality[0].volume.against: expected a multiple of 1h, which is from one"
                + " window to the next, got 90m"));
    assertThat(
        problems("name: n\nwindow: {sliding: 1h, every: 20m}\n" + quality + "against: 30m}}]"),
        contains(
            "w.yaml:4:48: quality[0].volume.against: expected a multiple of 20m, which is from one"
                + " window to the next, got 30m"));
  }

  @Test
  public void namesWhatIsMissing() {
    assertThat(
        problems(
            """
            events: {format: text}
            deduplicate: {}
            window: {sliding: 1h}
            enrich:
              - {}
            aggregate: {}
            lake: {}
            """),
        contains(
            "w.yaml:1:1: 'name' is missing; expected a name such as wiki-edits",
            "w.yaml:1:9: events: 'pattern' is missing; expected a regular expression with named"
                + " groups, such as '(?<host>\\S+) (?<rest>.*)'",
            "w.yaml:1:9: events: 'type' is missing; expected a name such as wiki.edit, or a"
                + " pointer such as /type",
            "w.yaml:1:9: events: 'time' is missing; expected a pointer into the record, such as"
                + " /time",
            "w.yaml:2:14: deduplicate: 'horizon' is missing; expected a duration such as 20s, 10m,"
                + " 1h or 1d",
            "w.yaml:3:9: window: 'every' is missing; expected a duration such as 20s, 10m, 1h or"
                + " 1d",
            "w.yaml:5:5: enrich[0]: 'lookup' is missing; expected a file of CSV or JSON lines, such"
                + " as files:///data/countries.csv",
            "w.yaml:5:5: enrich[0]: 'key' is missing; expected a field: a pointer into the payload"
                + " such as /page, or a name such as tenant",
            "w.yaml:5:5: enrich[0]: 'as' is missing; expected a name for what is found, such as"
                + " country",
            "w.yaml:6:12: aggregate: 'measures' is missing; expected measures such as {edits:"
                + " count}",
            "w.yaml:7:7: lake: 'partition' is missing; expected a list of month, date, hour,"
                + " tenant"));
  }

  @Test
  public void refusesValuesOfTheWrongKind() {
    assertThat(
        problems(
            """
            name: 2015
            description: [a]
            events: jsonl
            filter: !data.isRobot
            let: [a]
            deduplicate: 1d
            window: 1h
            enrich: {lookup: a.csv}
            aggregate: []
            lake: {partition: date}
            """),
        contains(
            "w.yaml:1:7: name: expected a letter, then at most 99 letters, digits, _ and -, got"
                + " 2015 (for a text, put it in quotes)",
            "w.yaml:2:14: description: expected a sentence, got a list",
            "w.yaml:3:9: events: expected keys such as {type: wiki.edit, time: /time}, got 'jsonl'",
            "w.yaml:4:9: filter: expected an expression in quotes, such as \"data.delta > 1000\","
                + " got a YAML tag (a text that begins with ! needs quotes)",
            "w.yaml:5:6: let: expected names and expressions such as {big: \"data.delta > 1000\"},"
                + " got a list",
            "w.yaml:6:14: deduplicate: expected keys such as {by: id, horizon: 1d}, got '1d'",
            "w.yaml:7:9: window: expected windows such as {fixed: 1h}, got '1h'",
            "w.yaml:8:9: enrich: expected a list such as [{lookup: …, key: …, as: …}], got keys and"
                + " values",
            "w.yaml:9:12: aggregate: expected keys such as {by: [/page], measures: {edits: count}},"
                + " got an empty list",
            "w.yaml:10:19: lake.partition: expected a list of month, date, hour, tenant, got"
                + " 'date'"));
  }

  @Test
  public void refusesEmptyValues() {
    assertThat(
        problems("name:\nfilter: ''\naggregate: {by: [], measures: {}}"),
        contains(
            "w.yaml:1:6: name: expected a letter, then at most 99 letters, digits, _ and -, got"
                + " nothing",
            "w.yaml:2:9: filter: expected an expression in quotes, such as \"data.delta > 1000\","
                + " got an empty text",
            "w.yaml:3:17: aggregate.by: expected a list of fields such as [/page, tenant], got an"
                + " empty list",
            "w.yaml:3:31: aggregate.measures: expected measures such as {edits: count}, got none"));
  }

  @Test
  public void refusesAKeyThatIsGivenTwice() {
    assertThat(
        problems("name: n\nlet: {a: '1', a: '2'}\nname: m\n? [x]\n: y"),
        contains(
            "w.yaml:2:15: let.a: given twice",
            "w.yaml:3:1: name: given twice",
            "w.yaml:4:3: ?: expected a name as the key, got keys and values or a list"));
  }

  @Test
  public void checksTheMapping() {
    assertThat(
        problems(
            """
            name: n
            events:
              format: xml
              type: /
              time: time
              tenant: ""
              pattern: (a)
              header: yes
              sequense: /n
            """),
        contains(
            "w.yaml:3:11: events.format: expected one of jsonl, json, csv, text, got 'xml'",
            "w.yaml:4:9: events.type: '/' names nothing; expected a pointer such as /page",
            "w.yaml:5:9: events.time: expected a pointer into the record, such as /time, got"
                + " 'time'",
            "w.yaml:6:11: events.tenant: expected a text, or a pointer such as /type, got an empty"
                + " text",
            "w.yaml:7:12: events.pattern: only for text, and the format is jsonl",
            "w.yaml:8:11: events.header: only for csv, and the format is jsonl",
            "w.yaml:9:3: events.sequense: unknown key; did you mean 'sequence'? Known: format,"
                + " type, id, source, time, tenant, subject, sequence, timeFormat, zone, header,"
                + " pattern"));
  }

  @Test
  public void checksTheTimeFormatAndTheZone() {
    List<String> problems =
        problems("name: n\nevents: {type: t, time: /t, timeFormat: qqqq, zone: 5}");

    assertThat(
        problems.get(0),
        startsWith(
            "w.yaml:2:41: events.timeFormat: expected iso, epoch_seconds, epoch_millis,"
                + " epoch_micros, epoch_nanos or a pattern such as yyyy/MM/dd HH:mm, got 'qqqq'"));
    assertThat(
        problems.get(1),
        is(
            "w.yaml:2:53: events.zone: expected a time zone such as Europe/Paris or +02:00, got 5"
                + " (for a text, put it in quotes)"));
  }

  @Test
  public void checksThePatternOfText() {
    assertThat(
        problems("name: n\nevents: {format: text, type: t, time: /at, pattern: '(a'}"),
        contains(
            "w.yaml:2:53: events.pattern: at character 3: not a regular expression: Unclosed"
                + " group"));
    assertThat(
        problems("name: n\nevents: {format: text, type: t, time: /at, pattern: a}"),
        contains(
            "w.yaml:2:53: events.pattern: expected named groups such as (?<host>[^ ]+), got none"
                + " in 'a'"));
  }

  @Test
  public void checksPointersAgainstWhatAPayloadCanHave() {
    assertThat(
        problems(
            """
            name: n
            events: {format: text, type: t, time: /aat, pattern: '(?<at>a)(?<host>b)'}
            aggregate: {by: [/hots], measures: {n: sum(/at/x)}}
            """),
        contains(
            "w.yaml:2:39: events.time: the pattern has no group 'aat'; did you mean 'at'? Known:"
                + " at, host",
            "w.yaml:3:18: aggregate.by[0]: the pattern has no group 'hots'; did you mean 'host'?"
                + " Known: at, host",
            "w.yaml:3:40: aggregate.measures.n: the pattern has no group 'at/x'. Known: at, host"));
    assertThat(
        problems("name: n\nevents: {format: csv, type: /a/b, time: /t, header: yes}"),
        contains(
            "w.yaml:2:29: events.type: expected one column of the CSV, such as /page, got '/a/b' (a"
                + " / in a column's name is written ~1)",
            "w.yaml:2:53: events.header: expected true or false, got 'yes'"));
    assertThat(
        problems("name: n\nevents: {format: csv, header: false, type: t, time: /t}"),
        contains(
            "w.yaml:2:53: events.time: expected a column by its number, such as /0 for the first,"
                + " because there is no header, got '/t'"));
  }

  @Test
  public void checksExpressionsAndTheNamesTheyUse() {
    assertThat(
        problems("name: n\nfilter: big\nlet: {big: data.x > later, later: dta.y, last: \"'a\"}"),
        contains(
            "w.yaml:2:9: filter: at character 1: undeclared reference to 'big'. Known: data, "
                + ENVELOPE,
            "w.yaml:3:12: let.big: at character 10: undeclared reference to 'later'. Known: data, "
                + ENVELOPE,
            "w.yaml:3:35: let.later: at character 1: undeclared reference to 'dta'; did you mean"
                + " 'data'? Known: data, "
                + ENVELOPE
                + ", big",
            problems("name: n\nlet: {last: \"'a\"}").get(0).replace("2:13", "3:48")));
  }

  @Test
  public void refusesDerivedNamesThatCannotBe() {
    String taken = " is taken; expected another than " + ENVELOPE;
    assertThat(
        problems(
            """
            name: n
            let: {tenant: '1', Data: '1', window_end: '1', a b: '1', in: '1', x: '1', X: '2'}
            enrich: [{lookup: a.csv, key: /k, as: x}, {lookup: a.csv, key: /k, as: id}]
            """),
        contains(
            "w.yaml:2:15: let.tenant: 'tenant'"
                + taken
                + ", data, content_type, window_start, window_end",
            "w.yaml:2:26: let.Data: 'Data'"
                + taken
                + ", data, content_type, window_start, window_end",
            "w.yaml:2:43: let.window_end: 'window_end'"
                + taken
                + ", data, content_type, window_start, window_end",
            "w.yaml:2:53: let.a b: expected a name of letters, digits and _, got 'a b'",
            "w.yaml:2:62: let.in: 'in' is a word of the expression language; expected another name",
            "w.yaml:2:78: let.X: 'X' is already the name of a derived field",
            "w.yaml:3:39: enrich[0].as: 'x' is already the name of a derived field",
            "w.yaml:3:72: enrich[1].as: 'id'"
                + taken
                + ", data, content_type, window_start, window_end"));
  }

  @Test
  public void checksWindows() {
    assertThat(
        problems("name: n\nwindow: {fixed: 1h}"),
        contains(
            "w.yaml:2:1: window: expected an aggregate beside it, for which windows gather"
                + " events"));
    assertThat(
        windowProblems("fixed: 1h, session: 2h, early: 0s, late: eech"),
        contains(
            "w.yaml:1:54: window: expected exactly one of fixed, sliding, session, got fixed and"
                + " session",
            "w.yaml:1:86: window.early: expected whole milliseconds from 1ms to 3660d, got 0s",
            "w.yaml:1:96: window.late: expected each, or a duration such as 20s, 10m, 1h or 1d, got"
                + " 'eech'"));
    assertThat(
        windowProblems("early: 1s"),
        contains("w.yaml:1:54: window: expected exactly one of fixed, sliding, session, got none"));
    assertThat(
        windowProblems("sliding: 5m, every: 10m, allowedLateness: 1 h"),
        contains(
            "w.yaml:1:75: window.every: expected at most the window's 5m, got 10m",
            "w.yaml:1:97: window.allowedLateness: expected a duration such as 20s, 10m, 1h or 1d,"
                + " got '1 h'"));
    assertThat(
        windowProblems("fixed: 1d, offset: 24h"),
        contains(
            "w.yaml:1:74: window.offset: expected less than 1d, which is from one window to the"
                + " next, got 1d"));
    assertThat(
        windowProblems("session: 1h, offset: 5m"),
        contains(
            "w.yaml:1:76: window.offset: expected fixed or sliding windows, because a session"
                + " begins with its first event"));
    assertThat(
        windowProblems("fixed: 3600, every: 1h, allowedLateness: -5s"),
        contains(
            "w.yaml:1:62: window.fixed: expected a duration such as 20s, 10m, 1h or 1d, got 3600"
                + " (for a text, put it in quotes)",
            "w.yaml:1:68: window.every: only for sliding windows",
            "w.yaml:1:96: window.allowedLateness: expected whole milliseconds from 1ms to 3660d,"
                + " got -5s"));
  }

  @Test
  public void refusesDurationsThatNoClockCanHold() {
    for (String duration :
        List.of("9999999999999999999d", "99999999999999d", "P99999999999999D", "P", "PT", "1.5h")) {
      assertThat(
          windowProblems("fixed: " + duration),
          contains(
              "w.yaml:1:62: window.fixed: expected a duration such as 20s, 10m, 1h or 1d, got '"
                  + duration
                  + "'"));
    }
  }

  @Test
  public void checksLookups() {
    assertThat(
        problems(
            """
            name: n
            enrich:
              - {lookup: a.jsonl, key: country.name, as: a}
              - {lookup: 'jdbc:x', key: /k, as: b, missing: kep}
              - {lookup: a.txt, key: /k, as: c}
              - {lookup: 'files:a.csv?watch=10s', key: /k, as: d, on: []}
              - {lookup: 'files://a.csv', key: d.x, as: e, into: x}
            """),
        contains(
            "w.yaml:3:5: enrich[0]: on: expected the member that is the key, because JSON has no"
                + " first column",
            "w.yaml:3:28: enrich[0].key: unknown field 'country'. Known: "
                + ENVELOPE
                + "; a place in the payload begins with /",
            "w.yaml:4:14: enrich[1].lookup: expected a file of CSV or JSON lines, such as"
                + " files:///data/countries.csv, got 'jdbc:x'",
            "w.yaml:4:49: enrich[1].missing: expected one of keep, dead-letter, fail, got 'kep';"
                + " did you mean 'keep'?",
            "w.yaml:5:14: enrich[2].lookup: expected a file that ends in .csv or .jsonl, got"
                + " 'a.txt'",
            "w.yaml:6:59: enrich[3].on: expected a column of the lookup, got an empty list",
            "w.yaml:7:14: enrich[4].lookup: files://a.csv: expected files:///a.csv for an absolute"
                + " path or files:a.csv for a relative one",
            "w.yaml:7:48: enrich[4].into: unknown key. Known: lookup, key, on, as, missing"));
    assertThat(
        problems("{name: n, enrich: [{lookup: 'files:a.csv?watch=10s', key: /k, as: d}]}"),
        contains(
            "w.yaml:1:29: enrich[0].lookup: files:a.csv?watch=10s: unknown parameter 'watch';"
                + " files takes none"));
  }

  @Test
  public void checksColumns() {
    assertThat(
        problems(
            """
            name: n
            let: {big: 'true'}
            aggregate:
              by: [/page, /a/page, {x: /y, z: /w}, tennant, /a b, bigg.x, {q: 5}, window_start]
              measures:
                Page: count
                window_end: count
                v w: count
                s: sum(contry)
                t: sums(/x)
            """),
        contains(
            "w.yaml:4:15: aggregate.by[1]: there is already a result column 'page'; name one of"
                + " them otherwise",
            "w.yaml:4:24: aggregate.by[2]: expected one name and its field, such as {title:"
                + " /page/title}",
            "w.yaml:4:40: aggregate.by[3]: unknown field 'tennant'; did you mean 'tenant'? Known: "
                + ENVELOPE
                + ", big; a place in the payload begins with /",
            "w.yaml:4:49: aggregate.by[4]: name the column, such as {title: /a b}: expected"
                + " letters, digits and _ for a result column, got 'a b'",
            "w.yaml:4:55: aggregate.by[5]: unknown field 'bigg'; did you mean 'big'? Known: "
                + ENVELOPE
                + ", big; a place in the payload begins with /",
            "w.yaml:4:67: aggregate.by[6].q: expected a field: a pointer into the payload such as"
                + " /page, or a name such as tenant, got 5 (for a text, put it in quotes)",
            "w.yaml:4:71: aggregate.by[7]: unknown field 'window_start'. Known: "
                + ENVELOPE
                + ", big; a place in the payload begins with /",
            "w.yaml:6:11: aggregate.measures.Page: there is already a result column 'page'; name"
                + " one of them otherwise",
            "w.yaml:7:17: aggregate.measures.window_end: there is already a result column"
                + " 'window_end'",
            "w.yaml:8:10: aggregate.measures.v w: expected letters, digits and _ for a result"
                + " column, got 'v w'",
            "w.yaml:9:8: aggregate.measures.s: unknown field 'contry'. Known: "
                + ENVELOPE
                + ", big; a place in the payload begins with /",
            "w.yaml:10:8: aggregate.measures.t: unknown measure 'sums(/x)'; expected one of count,"
                + " sum(/field), min(/field), max(/field), avg(/field), distinct(/field),"
                + " approx_distinct(/field), quantile(/field, 0.95), top(/field, 3), first(/field),"
                + " last(/field)"));
  }

  @Test
  public void explainsACommaWithinBraces() {
    assertThat(
        problems("{name: n, aggregate: {measures: {p: quantile(/d, 0.5)}}}").get(0),
        is(
            "w.yaml:1:37: aggregate.measures.p: 'quantile(/d' ends before its ); within {} a text"
                + " with a comma needs quotes"));
  }

  @Test
  public void checksPartitions() {
    assertThat(
        problems("name: n\nlake: {partition: [date, day, date, hours, 5], format: x}"),
        contains(
            "w.yaml:2:26: lake.partition[1]: expected one of month, date, hour, tenant, got 'day'",
            "w.yaml:2:31: lake.partition[2]: 'date' is given twice",
            "w.yaml:2:37: lake.partition[3]: expected one of month, date, hour, tenant, got"
                + " 'hours'; did you mean 'hour'?",
            "w.yaml:2:44: lake.partition[4]: expected one of month, date, hour, tenant, got 5 (for"
                + " a text, put it in quotes)",
            "w.yaml:2:48: lake.format: unknown key. Known: partition"));
  }

  @Test
  public void tellsTheFirstHundredOfVeryManyProblems() {
    List<String> problems = problems("x: 1\n".repeat(500) + "name: n");

    assertThat(problems, hasSize(101));
    assertThat(problems.get(100), is("w.yaml: and 400 more problems"));
  }

  @Test
  public void keepsControlCharactersAndEndlessTextsOutOfMessages() {
    assertThat(
        problems("name: \"\\e[31m\\nred\""),
        contains(
            "w.yaml:1:7: name: expected a letter, then at most 99 letters, digits, _ and -, got"
                + " '?[31m red'"));
    assertThat(problems("name: '" + "!".repeat(100_000) + "'").get(0).length(), is(1001));
  }

  @Test
  public void refusesExpressionsThatAreNestedTooDeep() {
    assertThat(
        problems("name: n\nfilter: '" + "(".repeat(5_000) + "1" + ")".repeat(5_000) + "'").get(0),
        containsString("recursion limit exceeded"));
  }

  private static List<String> windowProblems(String window) {
    return problems("{name: n, aggregate: {measures: {n: count}}, window: {" + window + "}}");
  }

  private static List<String> problems(String text) {
    return assertThrows(UsageException.class, () -> WorkflowParser.parse(text, "w.yaml"))
        .problems();
  }
}
