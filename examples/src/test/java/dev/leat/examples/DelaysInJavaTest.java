package dev.leat.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.event.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The job in Java on the flights that are shipped, against DuckDB. */
public class DelaysInJavaTest {
  private static final int FLIGHTS = 4000;
  private static final Path EXAMPLE = Path.of("flights");

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void itsRowsAreWhatDuckDbComputesAndTheRestIsKept() throws Exception {
    Path flights = folder.getRoot().toPath().resolve("flights.jsonl");
    Path out = folder.getRoot().toPath().resolve("delays");
    List<String> lines = new ArrayList<>();
    try (var in =
        new GZIPInputStream(Files.newInputStream(EXAMPLE.resolve("flights-20k.json.gz")))) {
      for (JsonNode flight : Json.parse(in.readAllBytes())) {
        if (lines.size() < FLIGHTS) {
          lines.add(new String(Json.write(flight), UTF_8));
        }
      }
    }
    Set<String> expected = expected(Files.write(flights, lines));
    lines.addAll(lines.subList(0, 200));
    lines.add("no flight");
    lines.add("{\"date\":\"2001/01/01 00:47\",\"delay\":\"late\",\"origin\":\"DTW\"}");
    lines.add("{\"delay\":1,\"origin\":\"DTW\"}");
    Collections.shuffle(lines, new Random(1));
    Files.write(flights, lines);

    DelaysInJava.main(
        new String[] {
          flights.toString(), EXAMPLE.resolve("airports.csv").toString(), out.toString()
        });

    Set<String> rows = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of(out + ".jsonl"))) {
      JsonNode row = Json.parse(line.getBytes(UTF_8));
      rows.add(
          row.get("window_start").asText().substring(0, 10)
              + " "
              + row.get("state").asText()
              + " "
              + row.get("flights").asLong()
              + " "
              + row.get("avg_delay").decimalValue().stripTrailingZeros().toPlainString());
    }
    assertThat(rows.size(), greaterThan(500));
    assertThat(rows, equalTo(expected));
    assertThat(
        Files.readAllLines(Path.of(out + "-rejected.txt")),
        containsInAnyOrder(
            allOf(containsString(place(flights, lines, "no flight")), endsWith("no flight")),
            allOf(containsString("/delay"), containsString("\"late\"")),
            allOf(containsString("/date"), endsWith("{\"delay\":1,\"origin\":\"DTW\"}"))));
  }

  /** As lineage tells it. */
  private static String place(Path file, List<String> lines, String line) {
    return "\"" + file + "\",\"partition\":0,\"offset\":" + (lines.indexOf(line) + 1);
  }

  private static Set<String> expected(Path flights) throws Exception {
    Properties settings = new Properties();
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    String sql =
        """
        SELECT strftime(strptime(f.date, '%%Y/%%m/%%d %%H:%%M'), '%%Y-%%m-%%d') || ' ' || a.state k,
          count(*) flights, sum(f.delay) total
        FROM (SELECT DISTINCT * FROM read_json('%s', format='newline_delimited',
            columns={date: 'VARCHAR', delay: 'INTEGER', distance: 'INTEGER', origin: 'VARCHAR',
              destination: 'VARCHAR'})) f
          JOIN read_csv('%s', header=true, all_varchar=true) a ON a.iata = f.origin
        GROUP BY k
        """
            .formatted(flights, EXAMPLE.resolve("airports.csv"));
    Set<String> rows = new TreeSet<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        BigDecimal average =
            new BigDecimal(result.getString("total"))
                .divide(new BigDecimal(result.getLong("flights")), 9, RoundingMode.HALF_EVEN);
        rows.add(
            result.getString("k")
                + " "
                + result.getLong("flights")
                + " "
                + (average.signum() == 0 ? "0" : average.stripTrailingZeros().toPlainString()));
      }
    }
    return rows;
  }
}
