package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.event;
import static dev.leat.io.lake.LakeFixture.file;
import static dev.leat.io.lake.LakeFixture.filesUnder;
import static dev.leat.io.lake.LakeFixture.ingest;
import static dev.leat.io.lake.LakeFixture.ingestFiles;
import static dev.leat.io.lake.LakeFixture.letter;
import static dev.leat.io.lake.LakeFixture.pipeline;
import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.Assert.assertThrows;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.event.Event;
import dev.leat.event.SchemaRef;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public final class RawLakeTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path warehouse;
  private RawLake lake;

  @Before
  public void nameLake() {
    warehouse = folder.getRoot().toPath().resolve("ware house");
    lake = RawLake.of(uri(warehouse, "raw.events"));
  }

  @Test
  public void namesMonthsInDigitsThatEveryMachineHas() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));

      assertThat(RawEvents.month(OffsetDateTime.parse("2015-09-12T13:00:00Z")), is("2015-09"));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  public void storesEventsAndDeadLettersOfAPlan() {
    List<InputFile> files = List.of(file("/in/a"), file("/in/b"));
    IngestPlan plan = lake.plan(files);

    ingestFiles(lake, "run-1", plan);

    assertThat(column(lake.table(), "id"), contains("of /in/a", "of /in/b"));
    assertThat(column(lake.table().deadLetters(), "origin"), contains("/in/a", "/in/b"));
    IngestReport report = lake.committed("run-1").orElseThrow();
    assertThat(report, is(new IngestReport("run-1", 2, 4, 2, 2, 1, report.snapshotId())));
    assertThat(lake.plan(files).files(), empty());
    assertThat(lake.plan(files).alreadyTaken(), is(2));
  }

  @Test
  public void storesDeadLettersThatAreAmongTheEvents() {
    IngestPlan plan = lake.plan(List.of(file("/in/a")));
    EventBlock both =
        new EventBlock.Builder()
            .addLetter(letter("/in/a", 1))
            .add(event("of /in/a", "2015-09-12T13:00:00Z", "en", "/in/a", 2))
            .addLetter(letter("/in/a", 3))
            .build();
    EventBlock letters = new EventBlock.Builder().addLetter(letter("/in/a", 4)).build();

    Pipeline pipeline = pipeline();
    pipeline
        .apply("Events", Create.of(both, letters).withCoder(EventBlockCoder.of()))
        .apply("Ingest", lake.ingest("run-1", plan));
    pipeline.run().waitUntilFinish();

    assertThat(column(lake.table(), "id"), contains("of /in/a"));
    assertThat(column(lake.table().deadLetters(), "ingest_offset"), contains("1", "3", "4"));
    IngestReport report = lake.committed("run-1").orElseThrow();
    assertThat(report, is(new IngestReport("run-1", 1, 4, 1, 3, 1, report.snapshotId())));
  }

  @Test
  public void planningWritesNothing() {
    IngestPlan plan = lake.plan(List.of(file("/in/a")));

    assertThat(plan.files(), contains(file("/in/a")));
    assertThat(lake.committed("run-1"), is(Optional.empty()));
    assertThat(Files.exists(warehouse), is(false));
  }

  @Test
  public void aChangedFileIsAnotherFile() {
    ingestFiles(lake, "run-1", lake.plan(List.of(file("/in/a"))));

    InputFile longer = InputFile.of("/in/a", 101, 2);

    assertThat(lake.plan(List.of(file("/in/a"), longer)).files(), contains(longer));
  }

  @Test
  public void foldersAreNamedAsHiveNamesThem() {
    ingest(
        lake,
        "run-1",
        lake.plan(List.of(file("/in/a"))),
        List.of(
            event("1", "2015-09-12T13:59:59.999Z", "en", "/in/a", 1),
            event("2", "2015-09-12T13:00:00Z", "en", "/in/a", 2),
            event("3", "2015-09-13T00:00:00Z", "de", "/in/a", 3)),
        List.of());

    List<String> files = filesUnder(warehouse.resolve("raw/events/data"), "");
    assertThat(files, hasSize(2));
    assertThat(
        files.get(0), matchesPattern("date=2015-09-12/hour=13/tenant=en/[0-9a-f-]{36}\\.parquet"));
    assertThat(files.get(1), matchesPattern("date=2015-09-13/hour=0/tenant=de/.*\\.parquet"));
    assertThat(
        filesUnder(warehouse.resolve("raw/events/staging"), ""), contains("publication.lock"));
    assertThat(filesUnder(warehouse, ".crc"), empty());
  }

  @Test
  public void partitionsAsAskedWhenTheTableIsMade() {
    RawLake monthly = RawLake.of(uri(warehouse, "raw.monthly?partition=month"));

    ingestFiles(monthly, "run-1", monthly.plan(List.of(file("/in/a"))));

    assertThat(
        filesUnder(warehouse.resolve("raw/monthly/data"), ""),
        everyItem(matchesPattern("month=2015-09/[^/]+\\.parquet")));
    UsageException refused =
        assertThrows(
            UsageException.class,
            () -> RawLake.of(uri(warehouse, "raw.monthly?partition=date")).plan(List.of()));
    assertThat(refused.getMessage(), containsString("the table is partitioned by month, got date"));
    assertThat(
        RawLake.of(uri(warehouse, "raw.monthly")).plan(List.of(file("/in/a"))).files(), empty());
  }

  @Test
  public void everyFieldComesBack() {
    Event full =
        event("1", "2015-09-12T13:00:00.123456789Z", "en", "/in/a", 7).toBuilder()
            .subject("page")
            .sequence(42L)
            .schema(SchemaRef.of("edits", 3))
            .contentType("application/octet-stream")
            .data(dev.leat.event.Payload.of(new byte[] {0, -1, (byte) 0xC3, 0x28}))
            .build();
    Event bare =
        event("2", "1969-12-31T23:59:59.000000001Z", "", "/in/a", 8).toBuilder()
            .ingest(null)
            .build();

    ingest(lake, "run-1", lake.plan(List.of(file("/in/a"))), List.of(full, bare), List.of());

    Source.OfEvents source =
        LakeSource.open(uri(warehouse, "raw.events"), SourceRequest.defaults());
    assertThat(SourceFixture.read(source), contains(full, bare));
  }

  @Test
  public void hostileTenantsStayInsideAndApart() throws Exception {
    List<String> tenants =
        List.of(
            "",
            ".",
            "..",
            "../../etc",
            "/etc/passwd",
            "a\u0000b",
            "a b%2F",
            "x".repeat(300),
            "x".repeat(299) + "y",
            "é".repeat(100),
            "__HIVE_DEFAULT_PARTITION__",
            "tenant=en/date=1970-01-01",
            "\\..\\",
            "line\nbreak");
    List<Event> events = new ArrayList<>();
    for (String tenant : tenants) {
      events.add(event(tenant, "2015-09-12T13:00:00Z", tenant, "/in/a", 1));
    }

    ingest(lake, "run-1", lake.plan(List.of(file("/in/a"))), events, List.of());

    List<String> files = filesUnder(folder.getRoot().toPath(), ".parquet");
    assertThat(files, hasSize(tenants.size()));
    assertThat(
        files.stream().map(file -> Path.of(file).getParent()).distinct().toList(),
        hasSize(tenants.size()));
    assertThat(
        files,
        everyItem(
            matchesPattern(
                "ware house/raw/events/data/date=2015-09-12/hour=13/tenant=[A-Za-z0-9_.%~-]{0,190}"
                    + "/[0-9a-f-]+\\.parquet")));
    assertThat(column(lake.table(), "tenant"), is(tenants.stream().sorted().toList()));
    assertThat(
        SourceFixture.read(LakeSource.open(uri(warehouse, "raw.events"), SourceRequest.defaults()))
            .stream()
            .map(Event::tenant)
            .sorted()
            .toList(),
        is(tenants.stream().sorted().toList()));
  }

  @Test
  public void aRunWithoutRecordsMovesTheBookmarkToo() {
    ingest(lake, "run-1", lake.plan(List.of(file("/in/empty"))), List.of(), List.of());

    IngestReport report = lake.committed("run-1").orElseThrow();
    assertThat(report, is(new IngestReport("run-1", 1, 0, 0, 0, 0, report.snapshotId())));
    assertThat(lake.plan(List.of(file("/in/empty"))).isEmpty(), is(true));
  }

  @Test
  public void aRetryOfARunAddsNothing() {
    IngestPlan plan = lake.plan(List.of(file("/in/a")));
    ingestFiles(lake, "run-1", plan);

    ingestFiles(lake, "run-1", plan);

    assertThat(column(lake.table(), "id"), contains("of /in/a"));
    assertThat(column(lake.table().deadLetters(), "origin"), contains("/in/a"));
    assertThat(filesUnder(warehouse.resolve("raw/events"), ".parquet"), hasSize(1));
    assertThat(filesUnder(warehouse.resolve("raw"), ".tmp"), empty());
  }

  @Test
  public void filesOfEarlierRunsStayAsTheyWere() throws Exception {
    IngestPlan plan = lake.plan(List.of(file("/in/a")));
    ingestFiles(lake, "run-1", plan);
    Map<String, HashCode> before = rawFiles();

    ingestFiles(lake, "run-2", lake.plan(List.of(file("/in/a"), file("/in/b"))));
    ingestFiles(lake, "run-1", plan);
    ingestFiles(lake, "superseded", plan);
    Orphans.sweep(lake.table(), Instant.now().plusSeconds(3600));

    Map<String, HashCode> after = rawFiles();
    assertThat(after.entrySet().containsAll(before.entrySet()), is(true));
    assertThat(before.size(), is(2));
    assertThat(after.size(), is(4));
  }

  /** The data files of events and dead letters, each with a hash of its bytes. */
  private Map<String, HashCode> rawFiles() throws IOException {
    Map<String, HashCode> files = new TreeMap<>();
    for (String file : filesUnder(warehouse, ".parquet")) {
      files.put(file, Hashing.sha256().hashBytes(Files.readAllBytes(warehouse.resolve(file))));
    }
    return files;
  }

  @Test
  public void theSecondOfTwoRunsWithOnePlanIsSuperseded() {
    IngestPlan plan = lake.plan(List.of(file("/in/a")));
    IngestPlan overlapping = lake.plan(List.of(file("/in/a"), file("/in/b")));
    ingestFiles(lake, "run-1", plan);

    ingestFiles(lake, "run-2", overlapping);

    assertThat(lake.committed("run-2"), is(Optional.empty()));
    assertThat(column(lake.table(), "id"), contains("of /in/a"));
    assertThat(column(lake.table().deadLetters(), "origin"), contains("/in/a"));
    assertThat(filesUnder(warehouse.resolve("raw/events"), ".parquet"), hasSize(1));
    assertThat(filesUnder(warehouse.resolve("raw"), ".tmp"), empty());
  }

  @Test
  public void planningAgainTakesWhatIsLeft() {
    List<InputFile> files = List.of(file("/in/a"), file("/in/b"));
    List<String> attempts = new ArrayList<>();

    Optional<IngestReport> report =
        lake.ingestAll(
            "run",
            files,
            (runId, plan) -> {
              if (attempts.isEmpty()) {
                ingestFiles(lake, "other", lake.plan(List.of(file("/in/a"))));
              }
              attempts.add(runId + " " + plan.files().size());
              ingestFiles(lake, runId, plan);
            });

    assertThat(attempts, contains("run 2", "run-2 1"));
    assertThat(report.orElseThrow().stored(), is(1L));
    assertThat(column(lake.table(), "id"), contains("of /in/a", "of /in/b"));
    assertThat(column(lake.table().deadLetters(), "origin"), contains("/in/a", "/in/b"));
    assertThat(lake.ingestAll("later", files, (runId, plan) -> {}), is(Optional.empty()));
  }

  @Test
  public void theBookmarkOutlivesCommitsByOthers() {
    ingestFiles(lake, "run-1", lake.plan(List.of(file("/in/a"))));
    try (Warehouse.OpenTable open = Warehouse.openTable(lake.table())) {
      open.table().newAppend().set("by", "another writer").commit();
    }

    IngestPlan plan = lake.plan(List.of(file("/in/a"), file("/in/b")));
    assertThat(plan.files(), contains(file("/in/b")));
    ingestFiles(lake, "run-2", plan);

    assertThat(column(lake.table(), "id"), contains("of /in/a", "of /in/b"));
    assertThat(lake.plan(List.of(file("/in/a"), file("/in/b"))).isEmpty(), is(true));
  }

  @Test
  public void refusesToGoOnWhenTheBookmarkWasExpired() {
    ingestFiles(lake, "run-1", lake.plan(List.of(file("/in/a"))));
    try (Warehouse.OpenTable open = Warehouse.openTable(lake.table())) {
      open.table().newAppend().set("by", "another writer").commit();
      open.table().expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    }

    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> lake.plan(List.of(file("/in/a"))));

    assertThat(refused.getMessage(), containsString("leat.bookmark"));
  }

  @Test
  public void sweepsOnlyWhatIsOldAndUnreferenced() throws Exception {
    ingestFiles(lake, "run-1", lake.plan(List.of(file("/in/a"))));
    Path data = warehouse.resolve("raw/events/data");
    Path orphan = Files.write(data.resolve("orphan.parquet"), new byte[] {1});
    Path staged =
        Files.write(warehouse.resolve("raw/events/staging/left.parquet.tmp"), new byte[] {1, 2});
    Instant old = Instant.now().minusSeconds(3600);
    Instant any = Instant.now().plusSeconds(3600);

    assertThat(Orphans.sweep(lake.table(), old), is(new OrphanFiles(0, 0)));
    assertThat(Orphans.find(lake.table(), any), is(new OrphanFiles(2, 3)));
    assertThat(Files.exists(orphan), is(true));
    assertThat(Orphans.sweep(lake.table(), any), is(new OrphanFiles(2, 3)));

    assertThat(Files.exists(orphan), is(false));
    assertThat(Files.exists(staged), is(false));
    assertThat(column(lake.table(), "id"), contains("of /in/a"));
  }

  @Test
  public void manyMakeOneTableAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    for (String name : List.of("raw.a", "raw.b", "raw.c")) {
      LakeTable table = LakeTable.parse(uri(warehouse, name));
      CyclicBarrier together = new CyclicBarrier(6);
      List<Future<String>> made = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        made.add(
            threads.submit(
                () -> {
                  try (Warehouse mine = Warehouse.open(table)) {
                    together.await();
                    return new RawEvents(table, RawPartition.DEFAULT)
                        .prepare(mine)
                        .uuid()
                        .toString();
                  }
                }));
      }

      Set<String> tables = new HashSet<>();
      for (Future<String> one : made) {
        tables.add(one.get());
      }
      assertThat(tables, hasSize(1));
    }
    threads.shutdownNow();
  }

  @Test
  public void refusesATableThatIsNoRawOne() {
    ingestFiles(lake, "run-1", lake.plan(List.of(file("/in/a"))));

    UsageException refused =
        assertThrows(
            UsageException.class,
            () -> RawLake.of(uri(warehouse, "raw.events_dead_letters")).plan(List.of()));

    assertThat(refused.getMessage(), containsString("is no raw table of events"));
  }

  @Test
  public void aTableWhoseMetadataIsGoneIsUnreachable() throws Exception {
    ingestFiles(lake, "run-1", lake.plan(List.of(file("/in/a"))));
    for (String file : filesUnder(warehouse.resolve("raw/events/metadata"), ".metadata.json")) {
      Files.delete(warehouse.resolve("raw/events/metadata").resolve(file));
    }

    assertThrows(UnreachableException.class, () -> lake.plan(List.of(file("/in/a"))));
  }

  @Test
  public void refusesBadNames() {
    for (String bad : List.of("ns.a/../b.c d", "a.b.c", ".x", "x.", "a.-b", "ns.'; DROP")) {
      assertThrows(bad, UsageException.class, () -> RawLake.of(uri(warehouse, bad)));
    }
    assertThrows(UsageException.class, () -> RawLake.of(uri(warehouse, "a.b?partition=hour,hour")));
    assertThrows(UsageException.class, () -> RawLake.of(uri(warehouse, "a.b?partition=week")));
    assertThrows(UsageException.class, () -> RawLake.of(uri(warehouse, "a.b?colour=red")));
    IngestPlan plan = lake.plan(List.of(file("/in/a")));
    assertThrows(UsageException.class, () -> lake.ingest("bad run id", plan));
  }
}
