package dev.leat.pipelines.workflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.hasToString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.google.common.collect.ImmutableList;
import dev.leat.aggregate.Measure;
import dev.leat.enrich.EnrichEvents.Missing;
import dev.leat.enrich.FileLookup;
import dev.leat.event.Event;
import dev.leat.event.Payload;
import dev.leat.field.FieldRef;
import dev.leat.ingest.EventMapper;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.RawRecord;
import dev.leat.io.spi.RecordFormat;
import dev.leat.window.WindowSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class WorkflowParserTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private static final String COMPLETE =
      """
      name: wiki-edits-hourly
      description: Edits of people, by page and country.
      events:
        format: jsonl
        type: wiki.edit
        id: /uuid
        source: wikipedia
        time: /time
        tenant: /channel
        subject: /page
        sequence: /n
        timeFormat: yyyy/MM/dd HH:mm
        zone: Europe/Paris
      filter: "!data.isRobot"
      let:
        big: data.delta > 1000
        huge: "big && data.delta > 1000000"
      deduplicate: {by: id, horizon: 1d}
      window: {fixed: 1h, allowedLateness: 10m, early: 10s, late: each}
      enrich:
        - {lookup: files:///data/countries.csv, key: /countryIsoCode, as: country}
        - {lookup: files:///data/areas.jsonl.gz, key: country.area, on: code, as: area, missing: dead-letter}
      aggregate:
        by: [/page, country.name, {kind: type}, huge]
        measures:
          edits: count
          added: sum(/added)
          p95: quantile(/delta, 0.95)
          zone: last(area.zone)
      lake:
        partition: [month, tenant]
      """;

  @Test
  public void readsEveryPartOfACompleteWorkflow() {
    Workflow workflow = WorkflowParser.parse(COMPLETE, "w.yaml");

    assertThat(workflow.name(), is("wiki-edits-hourly"));
    assertThat(workflow.description(), is(Optional.of("Edits of people, by page and country.")));
    assertThat(workflow.recordFormat(), is(RecordFormat.JSONL));
    assertThat(workflow.filter().orElseThrow(), hasToString("!data.isRobot"));
    assertThat(workflow.let().keySet(), contains("big", "huge"));
    assertThat(workflow.let().get("huge"), hasToString("big && data.delta > 1000000"));
    assertThat(workflow.deduplicate(), is(Optional.of(new Deduplication.ById(Duration.ofDays(1)))));
    assertThat(
        workflow.window(),
        is(
            Optional.of(
                WindowSpec.fixed(Duration.ofHours(1))
                    .withAllowedLateness(Duration.ofMinutes(10))
                    .withEarly(Duration.ofSeconds(10)))));
    assertThat(workflow.lakePartition(), is(Optional.of(ImmutableList.of("month", "tenant"))));
  }

  @Test
  public void dropsRepeatsBySequenceAndWaitsAnHourForAGapUnlessTold() {
    Workflow anHour = WorkflowParser.parse("{name: n, deduplicate: {by: sequence}}", "w.yaml");
    Workflow told =
        WorkflowParser.parse("{name: n, deduplicate: {by: sequence, reportAfter: 10m}}", "w.yaml");

    assertThat(
        anHour.deduplicate(), is(Optional.of(new Deduplication.BySequence(Duration.ofHours(1)))));
    assertThat(
        told.deduplicate(), is(Optional.of(new Deduplication.BySequence(Duration.ofMinutes(10)))));
  }

  @Test
  public void readsLookupsInTheirOrder() {
    Workflow workflow = WorkflowParser.parse(COMPLETE, "w.yaml");

    Enrichment country = workflow.enrich().get(0);
    Enrichment area = workflow.enrich().get(1);
    assertThat(workflow.enrich().size(), is(2));
    assertThat(country.lookup().file(), is("/data/countries.csv"));
    assertThat(country.key(), is(FieldRef.parse("/countryIsoCode")));
    assertThat(country.as(), is("country"));
    assertThat(country.missing(), is(Missing.KEEP));
    assertThat(area.lookup().file(), is("/data/areas.jsonl.gz"));
    assertThat(area.key(), is(FieldRef.parse("country.area")));
    assertThat(area.missing(), is(Missing.DEAD_LETTER));
  }

  @Test
  public void readsColumnsInTheirOrder() {
    Workflow workflow = WorkflowParser.parse(COMPLETE, "w.yaml");

    var aggregation = workflow.aggregate().orElseThrow();
    assertThat(aggregation.by().keySet(), contains("page", "name", "kind", "huge"));
    assertThat(aggregation.by(), hasEntry("name", FieldRef.parse("country.name")));
    assertThat(aggregation.by(), hasEntry("kind", FieldRef.parse("type")));
    assertThat(aggregation.measures().keySet(), contains("edits", "added", "p95", "zone"));
    assertThat(aggregation.measures(), hasEntry("added", Measure.sum("/added")));
    assertThat(aggregation.measures(), hasEntry("p95", Measure.quantile("/delta", 0.95)));
    assertThat(
        aggregation.schema(true).getFieldNames(),
        contains(
            "window_start",
            "window_end",
            "page",
            "name",
            "kind",
            "huge",
            "edits",
            "added",
            "p95",
            "zone"));
  }

  @Test
  public void mapsRecordsAsTheEventsSectionSays() {
    Workflow workflow = WorkflowParser.parse(COMPLETE, "w.yaml");

    Event event =
        map(
            workflow,
            "{\"uuid\":\"u1\",\"time\":\"2015/09/12 02:30\",\"channel\":\"en\",\"page\":\"P\",\"n\":7}");

    assertThat(event.id(), is("u1"));
    assertThat(event.type(), is("wiki.edit"));
    assertThat(event.source(), is("wikipedia"));
    assertThat(event.time(), is(Instant.parse("2015-09-12T00:30:00Z")));
    assertThat(event.tenant(), is("en"));
    assertThat(event.subject(), is("P"));
    assertThat(event.sequence(), is(7L));
  }

  @Test
  public void takesTheNameAsSourceByDefault() {
    Workflow workflow =
        WorkflowParser.parse("{name: rides, events: {type: /kind, time: /t}}", "w.yaml");

    Event event = map(workflow, "{\"kind\":\"begun\",\"t\":\"2015-09-12\"}");

    assertThat(event.source(), is("rides"));
    assertThat(event.type(), is("begun"));
    assertThat(event.tenant(), is("default"));
    assertThat(event.time(), is(Instant.parse("2015-09-12T00:00:00Z")));
  }

  @Test
  public void needsOnlyAName() {
    Workflow workflow = WorkflowParser.parse("name: all", "w.yaml");

    assertThat(workflow.description(), is(Optional.empty()));
    assertThat(workflow.events(), is(Optional.empty()));
    assertThat(workflow.mapping().format(), is(Mapping.Format.CLOUDEVENTS));
    assertThat(workflow.recordFormat(), is(RecordFormat.JSONL));
    assertThat(workflow.filter(), is(Optional.empty()));
    assertThat(workflow.let().isEmpty(), is(true));
    assertThat(workflow.deduplicate(), is(Optional.empty()));
    assertThat(workflow.window(), is(Optional.empty()));
    assertThat(workflow.enrich().isEmpty(), is(true));
    assertThat(workflow.aggregate(), is(Optional.empty()));
    assertThat(workflow.lakePartition(), is(Optional.empty()));
  }

  @Test
  public void readsEveryRecordFormat() {
    assertThat(recordFormat("format: jsonl"), is(RecordFormat.JSONL));
    assertThat(recordFormat("format: json"), is(RecordFormat.JSON));
    assertThat(recordFormat("format: csv"), is(RecordFormat.CSV));
    assertThat(recordFormat("format: csv, header: true"), is(RecordFormat.CSV));
    assertThat(recordFormat("format: text, pattern: '(?<t>\\S+) .*'"), is(RecordFormat.TEXT));
    assertThat(
        WorkflowParser.parse(
                "{name: n, events: {format: csv, header: false, type: t, time: /0}}", "w.yaml")
            .recordFormat(),
        is(RecordFormat.CSV_WITHOUT_HEADER));
  }

  @Test
  public void readsTextByThePatternsGroups() {
    Workflow workflow =
        WorkflowParser.parse(
            """
            name: log
            events:
              {format: text, type: hit, time: /at, tenant: /host, pattern: '(?<host>\\S+) (?<at>\\S+)'}
            aggregate: {by: [/host], measures: {hits: count}}
            """,
            "w.yaml");

    Event event = map(workflow, "web1 2015-09-12T10:00:00Z");

    assertThat(event.tenant(), is("web1"));
    assertThat(event.time(), is(Instant.parse("2015-09-12T10:00:00Z")));
    assertThat(
        workflow.payloadReader().read(event.contentType(), event.data()).path("host").textValue(),
        is("web1"));
  }

  @Test
  public void readsEveryKindOfWindow() {
    assertThat(window("fixed: PT90M"), is(WindowSpec.fixed(Duration.ofMinutes(90))));
    assertThat(
        window("sliding: 15m, every: 500ms"),
        is(WindowSpec.sliding(Duration.ofMinutes(15), Duration.ofMillis(500))));
    assertThat(
        window("session: 20s, late: 1m"),
        is(WindowSpec.session(Duration.ofSeconds(20)).withLate(Duration.ofMinutes(1))));
    assertThat(
        window("offset: 5h, fixed: 1d"),
        is(WindowSpec.fixed(Duration.ofDays(1)).withOffset(Duration.ofHours(5))));
    assertThat(window("fixed: P1D, allowedLateness: 0s"), is(WindowSpec.fixed(Duration.ofDays(1))));
  }

  @Test
  public void takesPathsInAFileAsRelativeToIt() throws Exception {
    Path file = folder.newFolder("a b").toPath().resolve("w.yaml");
    Files.writeString(
        file,
        "{name: n, enrich: [{lookup: data/x.csv, key: /k, as: a}, {lookup: 'files:y.csv', key: /k,"
            + " as: b}, {lookup: 'files:///z.csv', key: /k, as: c}, {lookup: 'files:s3://q/w.csv',"
            + " key: /k, as: d}]}");

    Workflow workflow = WorkflowParser.parse(file);

    assertThat(
        workflow.enrich().stream().map(Enrichment::lookup).map(FileLookup::file).toList(),
        contains(
            file.resolveSibling("data/x.csv").toString(),
            file.resolveSibling("y.csv").toString(),
            "/z.csv",
            "s3://q/w.csv"));
  }

  @Test
  public void readsAFileWithAByteOrderMark() throws Exception {
    Path file = folder.getRoot().toPath().resolve("w.yaml");
    Files.write(file, "\uFEFFname: é-less".replace("é", "e").getBytes(UTF_8));

    assertThat(WorkflowParser.parse(file).name(), is("e-less"));
  }

  @Test
  public void resolvesAliases() {
    Workflow workflow =
        WorkflowParser.parse(
            "{name: n, window: {fixed: &h 1h, allowedLateness: *h}, aggregate: {measures: {n:"
                + " count}}}",
            "w.yaml");

    assertThat(workflow.window().orElseThrow().allowedLateness(), is(Duration.ofHours(1)));
  }

  @Test
  public void keepsTheVersionWhereOnlyTheLayoutChanges() {
    String version = WorkflowParser.parse(COMPLETE, "w.yaml").version();
    String otherLayout =
        "# A comment\n"
            + COMPLETE
                .replace("name: wiki-edits-hourly\n", "")
                .replace("type: wiki.edit", "type:   'wiki.edit' # quoted")
                .replace("{by: id, horizon: 1d}", "\n  horizon: 1d\n  by: id")
                .replace("Edits of people, by page and country.", "Other words.")
            + "source: lake:///w/raw.edits\nsink: lake:///w/edits\n"
            + "name: \"wiki-edits-hourly\"\n";

    assertThat(WorkflowParser.parse(otherLayout, "v.yaml").version(), is(version));
    assertThat(version.matches("[0-9a-f]{12}"), is(true));
  }

  @Test
  public void changesTheVersionWithTheContent() {
    String version = WorkflowParser.parse(COMPLETE, "w.yaml").version();

    for (String[] change :
        new String[][] {
          {"horizon: 1d", "horizon: 2d"},
          {"/page, country.name", "country.name, /page"},
          {"    edits: count\n    added: sum(/added)", "    added: sum(/added)\n    edits: count"},
          {"wiki-edits-hourly", "wiki-edits"},
          {"[month, tenant]", "[date, tenant]"}
        }) {
      String changed = COMPLETE.replace(change[0], change[1]);
      assertThat(change[0], changed, is(not(COMPLETE)));
      assertThat(change[0], WorkflowParser.parse(changed, "w.yaml").version(), is(not(version)));
    }
  }

  private static RecordFormat recordFormat(String events) {
    return WorkflowParser.parse("{name: n, events: {" + events + ", type: t, time: /t}}", "w.yaml")
        .recordFormat();
  }

  private static WindowSpec window(String window) {
    return WorkflowParser.parse(
            "{name: n, window: {" + window + "}, aggregate: {measures: {n: count}}}", "w.yaml")
        .window()
        .orElseThrow();
  }

  private static Event map(Workflow workflow, String record) {
    return new EventMapper(workflow.mapping())
        .map(RawRecord.of(Payload.utf8(record), "f", 0, 1), Instant.EPOCH);
  }
}
