package dev.leat.pipelines.workflow;

import java.util.List;

/** Workflows that are right or wrong: the parser and the JSON Schema are held to them. */
final class Documents {
  private Documents() {}

  /** Both accept these. Together they have every key, and every value of a choice. */
  static final List<String> GOOD =
      List.of(
          "name: n",
          "{name: N-1_x, description: Some words.}",
          "{name: n, source: 'lake:///w/raw.e?snapshot=1', sink: lake:w/t}",
          """
          name: n
          events:
            format: jsonl
            type: /kind
            id: /id
            source: /from
            time: /at/time
            tenant: acme
            subject: /on
            sequence: /n
            timeFormat: epoch_millis
            zone: +02:00
          """,
          "{name: n, events: {type: t, time: /t}}",
          "{name: n, events: {format: json, type: t, time: /t, timeFormat: yyyy/MM/dd}}",
          "{name: n, events: {format: csv, type: t, time: /a b, header: true}}",
          "{name: n, events: {format: csv, type: t, time: /0, header: false}}",
          "{name: n, events: {format: text, type: t, time: /at, pattern: '(?<at>.*)'}}",
          "{name: n, filter: 'data.x > 1 && tenant != \"a\"'}",
          "{name: n, let: {a: data.x, B_2: 'a + 1'}}",
          "{name: n, deduplicate: {horizon: 1s}}",
          "{name: n, deduplicate: {by: id, horizon: P30D}}",
          "{name: n, deduplicate: {by: sequence}}",
          "{name: n, events: {type: t, time: /t, sequence: /n}, deduplicate: {by: sequence,"
              + " reportAfter: 10m}}",
          "{name: n, window: {fixed: 1h}, aggregate: {measures: {n: count}}}",
          "{name: n, window: {fixed: 1d, allowedLateness: 0s, early: 500ms, late: each}, aggregate:"
              + " {measures: {n: count}}}",
          "{name: n, window: {sliding: 1h, every: PT5M, late: PT1M30.5S}, aggregate: {measures: {n:"
              + " count}}}",
          "{name: n, window: {session: 20s}, aggregate: {measures: {n: count}}}",
          "{name: n, enrich: [{lookup: a.csv, key: /k, as: a}, {lookup: 'files:///b.jsonl.gz', key:"
              + " a.b, on: k, as: b, missing: keep}]}",
          "{name: n, enrich: [{lookup: a.csv, key: tenant, as: a, missing: dead-letter}, {lookup:"
              + " a.csv, key: a, as: b, missing: fail}]}",
          """
          name: n
          let: {x: '1'}
          aggregate:
            by: [/a, /a/b, x, {c: /a}, {d: x.y}]
            measures:
              m1: count
              m2: count(/a)
              m3: sum(/a)
              m4: min(/a)
              m5: max(/a)
              m6: avg(/a)
              m7: distinct(/a)
              m8: approx_distinct(/a)
              m9: quantile(/a, 0.5)
              m10: top(/a, 3)
              m11: first(/a)
              m12: last(tenant)
          """,
          "{name: n, quality: [{field: /a, nulls: 0%}, {field: tenant, nulls: 100%}]}",
          "{name: n, let: {a: '1'}, quality: [{field: a, between: [-1.5, 2e3]}, {field: /a, between:"
              + " [0, 0], except: 0.125%}]}",
          "{name: n, quality: [{rows: {min: 0}}, {rows: {max: 9}}, {rows: {min: 1, max: 1}}]}",
          "{name: n, window: {fixed: 1h}, aggregate: {measures: {n: count}}, quality: [{volume:"
              + " {dropMoreThan: 50%, against: 24h}}]}",
          "{name: n, window: {sliding: 1h, every: 15m, offset: 5m}, aggregate: {measures: {n: count}}, quality:"
              + " [{volume: {dropMoreThan: 0%, against: 15m}}]}",
          "{name: n, alerts: [{metric: ingest_lag_p95, above: 60s, for: 5m}, {metric: ingest_lag_p50,"
              + " above: PT1M30.5S, for: 0s}, {metric: ingest_lag_p99, below: 1d, for: 1d}]}",
          "{name: n, alerts: [{metric: poison_rate, above: 0%}, {metric: late_rate, above: 0.5%},"
              + " {metric: duplicate_rate, below: 100%}]}",
          "{name: n, alerts: [{metric: dead_letters, above: 0}, {metric: gaps, above: 9},"
              + " {metric: throughput, below: 0.5/s}, {metric: throughput, above: 10000/s}]}",
          "{name: n, lake: {partition: [month, date, hour, tenant]}}",
          "{name: n, lake: {partition: [tenant]}}");

  /** Neither accepts these. */
  static final List<String> BAD =
      List.of(
          "{}",
          "[]",
          "text",
          "name: 5",
          "name: ''",
          "name: a b",
          "name: -a",
          "{name: n, extra: 1}",
          "{name: n, source: 5}",
          "{name: n, sink: ''}",
          "{name: n, quality: []}",
          "{name: n, quality: {}}",
          "{name: n, quality: [{}]}",
          "{name: n, quality: [nulls]}",
          "{name: n, quality: [{field: /a}]}",
          "{name: n, quality: [{nulls: 0%}]}",
          "{name: n, quality: [{field: /a, nulls: 5}]}",
          "{name: n, quality: [{field: /a, nulls: 0.05}]}",
          "{name: n, quality: [{field: /a, nulls: -1%}]}",
          "{name: n, quality: [{field: /a, nulls: 1 %}]}",
          "{name: n, quality: [{field: /a, nulls: 0%, except: 1%}]}",
          "{name: n, quality: [{field: /a, nulls: 0%, between: [1, 2]}]}",
          "{name: n, quality: [{field: /a, nulls: 0%, rows: {min: 1}}]}",
          "{name: n, quality: [{field: /a, rows: {min: 1}}]}",
          "{name: n, quality: [{field: /a, between: [1]}]}",
          "{name: n, quality: [{field: /a, between: [1, 2, 3]}]}",
          "{name: n, quality: [{field: /a, between: ['1', '2']}]}",
          "{name: n, quality: [{field: /a, between: 1}]}",
          "{name: n, quality: [{between: [1, 2]}]}",
          "{name: n, quality: [{rows: {}}]}",
          "{name: n, quality: [{rows: 1}]}",
          "{name: n, quality: [{rows: {min: -1}}]}",
          "{name: n, quality: [{rows: {min: 1.5}}]}",
          "{name: n, quality: [{rows: {least: 1}}]}",
          "{name: n, quality: [{volume: {dropMoreThan: 50%, against: 1d}}]}",
          "{name: n, window: {session: 1h}, aggregate: {measures: {n: count}}, quality: [{volume:"
              + " {dropMoreThan: 50%, against: 1d}}]}",
          "{name: n, window: {fixed: 1h}, aggregate: {measures: {n: count}}, quality: [{volume:"
              + " {dropMoreThan: 50%}}]}",
          "{name: n, window: {fixed: 1h}, aggregate: {measures: {n: count}}, quality: [{volume:"
              + " {against: 1d}}]}",
          "{name: n, window: {fixed: 1h}, aggregate: {measures: {n: count}}, quality: [{volume:"
              + " {dropMoreThan: 50%, against: 1d, x: 1}}]}",
          "{name: n, alerts: []}",
          "{name: n, alerts: {}}",
          "{name: n, alerts: [poison_rate]}",
          "{name: n, alerts: [{}]}",
          "{name: n, alerts: [{above: 1%}]}",
          "{name: n, alerts: [{metric: poison_rate}]}",
          "{name: n, alerts: [{metric: consumer_lag, above: 5}]}",
          "{name: n, alerts: [{metric: poison_rate, above: 1%, below: 1%}]}",
          "{name: n, alerts: [{metric: poison_rate, above: 1}]}",
          "{name: n, alerts: [{metric: poison_rate, above: 60s}]}",
          "{name: n, alerts: [{metric: ingest_lag_p95, above: 60}]}",
          "{name: n, alerts: [{metric: ingest_lag_p95, above: 1%}]}",
          "{name: n, alerts: [{metric: ingest_lag_p95, above: -1s}]}",
          "{name: n, alerts: [{metric: dead_letters, above: '5'}]}",
          "{name: n, alerts: [{metric: dead_letters, above: -1}]}",
          "{name: n, alerts: [{metric: gaps, above: 1.5}]}",
          "{name: n, alerts: [{metric: throughput, below: 100}]}",
          "{name: n, alerts: [{metric: throughput, below: 100/m}]}",
          "{name: n, alerts: [{metric: gaps, above: 1, for: 5}]}",
          "{name: n, alerts: [{metric: gaps, above: 1, over: 5m}]}",
          "{name: n, alerts: [{metric: gaps, above: 1}, {metric: gaps, above: 1}]}",
          "{name: n, description: [a]}",
          "{name: n, events: {}}",
          "{name: n, events: {type: t}}",
          "{name: n, events: {time: /t}}",
          "{name: n, events: {type: 5, time: /t}}",
          "{name: n, events: {type: /, time: /t}}",
          "{name: n, events: {type: t, time: t}}",
          "{name: n, events: {type: t, time: /t, id: id}}",
          "{name: n, events: {type: t, time: /t, subject: s}}",
          "{name: n, events: {type: t, time: /t, sequence: 1}}",
          "{name: n, events: {type: t, time: /t, tenant: ''}}",
          "{name: n, events: {type: t, time: /t, source: null}}",
          "{name: n, events: {type: t, time: /t, format: xml}}",
          "{name: n, events: {type: t, time: /t, format: text}}",
          "{name: n, events: {type: t, time: /t, pattern: '(?<t>.*)'}}",
          "{name: n, events: {type: t, time: /t, header: true}}",
          "{name: n, events: {type: t, time: /t, format: csv, header: 'true'}}",
          "{name: n, events: {type: t, time: /t, timeFormat: 5}}",
          "{name: n, events: {type: t, time: /t, zone: 5}}",
          "{name: n, filter: true}",
          "{name: n, filter: ' '}",
          "{name: n, let: [a]}",
          "{name: n, let: {a: 1}}",
          "{name: n, let: {'a b': '1'}}",
          "{name: n, let: {tenant: '1'}}",
          "{name: n, let: {data: '1'}}",
          "{name: n, let: {window_start: '1'}}",
          "{name: n, deduplicate: {}}",
          "{name: n, deduplicate: {by: sequence, horizon: 1d}}",
          "{name: n, deduplicate: {by: sequence, reportAfter: 5}}",
          "{name: n, deduplicate: {by: hash, horizon: 1d}}",
          "{name: n, deduplicate: {by: id, horizon: 1d, reportAfter: 1h}}",
          "{name: n, deduplicate: {horizon: 1}}",
          "{name: n, deduplicate: {horizon: 1 d}}",
          "{name: n, deduplicate: {horizon: -5s}}",
          "{name: n, deduplicate: {horizon: -0s}}",
          "{name: n, deduplicate: {horizon: P}}",
          "{name: n, deduplicate: {horizon: 1d, x: 1}}",
          "{name: n, window: {fixed: 1h}}",
          "{name: n, window: {}, aggregate: {measures: {n: count}}}",
          "{name: n, window: {fixed: 1h, session: 1h}, aggregate: {measures: {n: count}}}",
          "{name: n, window: {fixed: 1h, every: 1h}, aggregate: {measures: {n: count}}}",
          "{name: n, window: {sliding: 1h}, aggregate: {measures: {n: count}}}",
          "{name: n, window: {session: 1h, offset: 1m}, aggregate: {measures: {n: count}}}",
          "{name: n, window: {fixed: 1h, late: never}, aggregate: {measures: {n: count}}}",
          "{name: n, window: {fixed: 1h, lateness: 1h}, aggregate: {measures: {n: count}}}",
          "{name: n, enrich: {lookup: a.csv, key: /k, as: a}}",
          "{name: n, enrich: []}",
          "{name: n, enrich: [{lookup: a.csv, key: /k}]}",
          "{name: n, enrich: [{lookup: a.csv, as: a}]}",
          "{name: n, enrich: [{key: /k, as: a}]}",
          "{name: n, enrich: [{lookup: a.csv, key: 'a b', as: a}]}",
          "{name: n, enrich: [{lookup: a.csv, key: /k, as: id}]}",
          "{name: n, enrich: [{lookup: a.csv, key: /k, as: a, missing: drop}]}",
          "{name: n, enrich: [{lookup: a.csv, key: /k, as: a, on: 1}]}",
          "{name: n, aggregate: {}}",
          "{name: n, aggregate: {measures: {}}}",
          "{name: n, aggregate: {measures: {'a b': count}}}",
          "{name: n, aggregate: {measures: {a: counts}}}",
          "{name: n, aggregate: {measures: {a: sum}}}",
          "{name: n, aggregate: {measures: {a: quantile(/x)}}}",
          "{name: n, aggregate: {measures: {a: 1}}}",
          "{name: n, aggregate: {by: [], measures: {a: count}}}",
          "{name: n, aggregate: {by: /a, measures: {a: count}}}",
          "{name: n, aggregate: {by: [/], measures: {a: count}}}",
          "{name: n, aggregate: {by: [1], measures: {a: count}}}",
          "{name: n, aggregate: {by: [{x: /x, y: /y}], measures: {a: count}}}",
          "{name: n, aggregate: {by: [{}], measures: {a: count}}}",
          "{name: n, aggregate: {by: [{'x y': /x}], measures: {a: count}}}",
          "{name: n, lake: {}}",
          "{name: n, lake: {partition: []}}",
          "{name: n, lake: {partition: date}}",
          "{name: n, lake: {partition: [day]}}",
          "{name: n, lake: {partition: [date, date]}}");

  /** The parser alone refuses these: a JSON Schema cannot know. */
  static final List<String> BAD_TO_THE_PARSER =
      List.of(
          "{name: n, source: 'lake:w/raw?a=1&b'}",
          "{name: n, sink: 'lake://warehouse/t'}",
          "{name: n, name: n}",
          "{name: n, events: {type: t, time: /t, timeFormat: qq}}",
          "{name: n, events: {type: t, time: /t, zone: Mars}}",
          "{name: n, events: {type: t, time: /t, format: text, pattern: '('}}",
          "{name: n, events: {type: t, time: /t, format: text, pattern: 'no groups'}}",
          "{name: n, events: {type: t, time: /t, format: text, pattern: '(?<other>.*)'}}",
          "{name: n, events: {type: t, time: /t, format: csv, header: false}}",
          "{name: n, events: {type: t, time: /a/b, format: csv}}",
          "{name: n, filter: 'data.x >'}",
          "{name: n, filter: 'dta.x'}",
          "{name: n, filter: a, let: {a: '1'}}",
          "{name: n, let: {a: b, b: '1'}}",
          "{name: n, let: {in: '1'}}",
          "{name: n, let: {a: '1', A: '1'}}",
          "{name: n, deduplicate: {horizon: 31d}}",
          "{name: n, deduplicate: {by: sequence, reportAfter: 31d}}",
          "{name: n, events: {type: t, time: /t}, deduplicate: {by: sequence}}",
          "{name: n, deduplicate: {horizon: 999ms}}",
          "{name: n, window: {fixed: 0s}, aggregate: {measures: {n: count}}}",
          "{name: n, window: {sliding: 1h, every: 2h}, aggregate: {measures: {n: count}}}",
          "{name: n, enrich: [{lookup: a.txt, key: /k, as: a}]}",
          "{name: n, enrich: [{lookup: a.jsonl, key: /k, as: a}]}",
          "{name: n, enrich: [{lookup: 'jdbc:x', key: /k, as: a}]}",
          "{name: n, enrich: [{lookup: a.csv, key: b, as: a}]}",
          "{name: n, quality: [{field: b, nulls: 0%}]}",
          "{name: n, quality: [{field: /a, nulls: 101%}]}",
          "{name: n, quality: [{field: /a, between: [2, 1]}]}",
          "{name: n, quality: [{rows: {min: 2, max: 1}}]}",
          "{name: n, window: {fixed: 1h}, aggregate: {measures: {n: count}}, quality: [{volume:"
              + " {dropMoreThan: 50%, against: 90m}}]}",
          "{name: n, window: {fixed: 1h}, aggregate: {measures: {n: count}}, quality: [{volume:"
              + " {dropMoreThan: 50%, against: 0h}}]}",
          "{name: n, alerts: [{metric: gaps, above: 1, for: 25h}]}",
          "{name: n, alerts: [{metric: late_rate, above: 101%}]}",
          "{name: n, alerts: [{metric: gaps, above: 1}, {metric: gaps, above: 1, for: 0s}]}",
          "{name: n, aggregate: {measures: {a: sum(b)}}}",
          "{name: n, aggregate: {measures: {a: 'quantile(/x, 95)'}}}",
          "{name: n, aggregate: {by: [/a], measures: {a: count}}}",
          "{name: n, aggregate: {by: [/a b], measures: {a: count}}}",
          "{name: n, aggregate: {measures: {window_start: count}}}",
          "{name: n, aggregate: {by: [b], measures: {a: count}}}");
}
