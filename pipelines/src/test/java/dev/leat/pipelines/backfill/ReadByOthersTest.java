package dev.leat.pipelines.backfill;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * A table after each thing that can happen to it, as readers have it that know nothing of Leat: its
 * files by Iceberg's metadata in the table's own folder, without a catalog, and the rows in them by
 * DuckDB, which only knows Parquet.
 */
public class ReadByOthersTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Shop shop;

  @Before
  public void publishATable() throws IOException {
    shop = new Shop(folder.getRoot().toPath());
    shop.ingest(shop.sales(1, 5, 12, 600, 1)).publishWrong();
  }

  @Test
  public void haveTheRowsOfEveryVersion() throws IOException {
    List<Map<String, String>> wrong = shop.rows();
    assertThat("a run", others(), is(wrong));

    done(shop.backfill(shop.right));
    assertThat("a backfill on its branch", others(), is(wrong));
    done(shop.backfill(shop.right, "--publish"));
    assertThat("a backfill", others(), is(shop.rows()));
    assertThat("a backfill", others(), not(wrong));

    long first = snapshots().get(0);
    done(leat("table", "rollback", shop.table(), "--to=" + first));
    assertThat("a rollback", others(), is(wrong));

    done(leat("run", shop.right, "--source=" + shop.raw(), "--sink=" + shop.table()));
    shop.ingest(shop.sales(2, 1, 12, 50, 2));
    done(incremental());
    assertThat("an incremental run", others(), is(shop.rows()));
    assertThat("an incremental run", others(), is(shop.rebuilt(shop.right)));

    shop.ingest(shop.sales(2, 3, 12, 50, 3));
    done(leat("table", "compact", shop.raw()));
    assertThat("compacted raw", rawIds(), is(700L));
    done(incremental());
    assertThat("from compacted raw", others(), is(shop.rebuilt(shop.right)));
  }

  private Ran incremental() {
    return leat(
        "run", shop.right, "--source=" + shop.raw(), "--sink=" + shop.table(), "--incremental");
  }

  private static void done(Ran ran) {
    assertThat(ran.err(), ran.code(), is(0));
  }

  private List<Map<String, String>> others() throws IOException {
    return Rows.ofDuckDb(
        "select window_start, window_end, shop, sales, total from " + parquet("totals"));
  }

  private long rawIds() throws IOException {
    return Long.parseLong(
        Rows.ofDuckDb("select count(distinct id) n from " + parquet("raw")).get(0).get("n"));
  }

  private String parquet(String table) throws IOException {
    List<String> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table(table).newScan().planFiles()) {
      tasks.forEach(task -> files.add(task.file().location().replaceFirst("^file:/+", "/")));
    }
    return files.stream()
        .map(file -> "'" + file + "'")
        .collect(Collectors.joining(", ", "read_parquet([", "])"));
  }

  private List<Long> snapshots() throws IOException {
    List<Long> ids = new ArrayList<>();
    table("totals").snapshots().forEach(each -> ids.add(each.snapshotId()));
    return ids;
  }

  /** By the newest metadata file, which begins with its number. */
  private BaseTable table(String name) throws IOException {
    Path metadata = folder.getRoot().toPath().resolve("lake/default/" + name + "/metadata");
    try (Stream<Path> files = Files.list(metadata)) {
      Path newest =
          files
              .filter(file -> file.toString().endsWith(".metadata.json"))
              .max(Comparator.comparing(file -> file.getFileName().toString()))
              .orElseThrow();
      return new BaseTable(
          new StaticTableOperations(newest.toString(), new HadoopFileIO(new Configuration())),
          name);
    }
  }
}
