package dev.leat.pipelines.ingest;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.leat.pipelines.cli.FolderState;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Each file is taken once, however often and by how many. */
public class IngestTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path workflow;
  private Drop drop;
  private RawTable table;

  @Before
  public void writeFiles() throws IOException {
    Path root = folder.getRoot().toPath();
    workflow = Files.writeString(root.resolve("drop.yaml"), Drop.WORKFLOW);
    drop = new Drop(root.resolve("drop")).add("a").add("b");
    table = new RawTable(root.resolve("lake"));
  }

  @Test
  public void theSecondTimeThereIsNothingToDoAndNothingIsTouched() throws IOException {
    Ran first = ingest();
    Map<String, String> afterFirst = FolderState.of(table.warehouse());
    Ran second = ingest();

    assertThat(first.code(), is(0));
    assertThat(second.code(), is(20));
    assertThat(FolderState.of(table.warehouse()), equalTo(afterFirst));
    table.holdsOnce(drop);
  }

  @Test
  public void onlyTheNewFileIsTaken() throws IOException {
    ingest();
    drop.add("c");
    Ran second = ingest();

    assertThat(second.code(), is(0));
    assertThat(second.count("files"), is(1L));
    assertThat(second.count("read"), is(101L));
    assertThat(second.count("stored"), is(100L));
    assertThat(second.count("dead_letters"), is(1L));
    table.holdsOnce(drop);
  }

  @Test
  public void aFileOfTheSameNameAndOtherContentIsAnotherFile() throws IOException {
    Path file = folder.getRoot().toPath().resolve("drop/a.jsonl");
    ingest();
    Files.writeString(
        file, "{\"id\":\"new\",\"time\":\"2026-01-01T00:00:00Z\",\"tenant\":\"t\"}\n");
    Ran second = ingest();

    assertThat(second.count("stored"), is(1L));
    assertThat(table.ids(), hasSize(201));
  }

  @Test
  public void takesFilesWithoutAnyEvent() throws IOException {
    Path root = folder.getRoot().toPath();
    Files.writeString(root.resolve("drop/nothing.jsonl"), "");
    Files.writeString(root.resolve("drop/blank.jsonl"), "\n  \n");

    Ran first = ingest();
    Ran second = ingest();

    assertThat(first.count("files"), is(4L));
    assertThat(first.count("read"), is(202L));
    assertThat(second.code(), is(20));
    table.holdsOnce(drop);
  }

  @Test
  public void severalAtOnceTakeEachFileOnce() throws Exception {
    int ingests = 3;
    CyclicBarrier start = new CyclicBarrier(ingests);
    ExecutorService threads = Executors.newFixedThreadPool(ingests);
    List<Future<Ran>> running = new ArrayList<>();
    for (int i = 0; i < ingests; i++) {
      running.add(
          threads.submit(
              () -> {
                start.await();
                return ingest();
              }));
    }

    long stored = 0;
    int done = 0;
    for (Future<Ran> each : running) {
      Ran ran = each.get();
      assertThat(ran.err(), ran.code() == 0 || ran.code() == 20, is(true));
      stored += ran.count("stored");
      done += ran.code() == 0 ? 1 : 0;
    }
    threads.shutdown();
    assertThat(stored, is(200L));
    assertThat(done, is(1));
    table.holdsOnce(drop);
  }

  @Test
  public void whoIngestsOverlappingFilesAtOnceTakesWhatIsLeft() throws Exception {
    drop.add("c");
    CyclicBarrier start = new CyclicBarrier(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    String name = drop.source().replace("*.jsonl", "");
    List<Future<Ran>> running = new ArrayList<>();
    for (String files : new String[] {"{a,b}.jsonl", "{b,c}.jsonl"}) {
      running.add(
          threads.submit(
              () -> {
                start.await();
                return ingest(name + files);
              }));
    }

    long files = 0;
    for (Future<Ran> each : running) {
      Ran ran = each.get();
      assertThat(ran.err(), ran.code(), is(0));
      files += ran.count("files");
    }
    threads.shutdown();
    assertThat(files, is(3L));
    table.holdsOnce(drop);
  }

  private Ran ingest() {
    return ingest(drop.source());
  }

  private Ran ingest(String source) {
    return leat("ingest", workflow, "--source=" + source, "--sink=" + table.uri(), "--output=json");
  }
}
