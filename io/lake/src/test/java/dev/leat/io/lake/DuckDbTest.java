package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.event;
import static dev.leat.io.lake.LakeFixture.file;
import static dev.leat.io.lake.LakeFixture.ingest;
import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A reader that knows Parquet and Hive's folders and nothing of Iceberg or Leat. */
public final class DuckDbTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void readsTheRawLake() throws Exception {
    Path warehouse = folder.getRoot().toPath();
    RawLake lake = RawLake.of(uri(warehouse, "raw.events"));
    ingest(
        lake,
        "run-1",
        lake.plan(List.of(file("/in/a"))),
        List.of(
            event("1", "2015-09-12T13:00:00.123456Z", "en", "/in/a", 1),
            event("2", "2015-09-12T05:00:00Z", "a/../b c", "/in/a", 2),
            event("3", "2015-09-13T05:00:00Z", "", "/in/a", 3)),
        List.of(LakeFixture.letter("/in/a", 4)));

    String raw =
        "read_parquet('" + warehouse + "/raw/events/data/**/*.parquet', hive_partitioning = true)";
    assertThat(
        query(
            "select id, epoch_us(time), date, hour, tenant, decode(data)::json ->> 'id', origin,"
                + " ingest_offset from "
                + raw
                + " order by id"),
        contains(
            "1|1442062800123456|2015-09-12|13|en|1|/in/a|1",
            "2|1442034000000000|2015-09-12|5|a/../b c|2|/in/a|2",
            "3|1442120400000000|2015-09-13|5||3|/in/a|3"));
    assertThat(
        query("select count(*) from " + raw + " where date = '2015-09-12' and tenant = 'en'"),
        contains("1"));
    assertThat(
        query(
            "select reason, decode(data), origin, ingest_offset from read_parquet('"
                + warehouse
                + "/raw/events_dead_letters/data/**/*.parquet')"),
        contains("malformed|{broken|/in/a|4"));
  }

  static List<String> query(String sql) throws SQLException {
    Properties settings = new Properties();
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.append(i == 1 ? "" : "|").append(result.getString(i));
        }
        rows.add(row.toString());
      }
      return rows;
    }
  }
}
