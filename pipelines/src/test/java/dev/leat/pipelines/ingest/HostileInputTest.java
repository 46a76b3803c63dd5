package dev.leat.pipelines.ingest;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Input that is made to break things: it costs dead letters at most, and stays in the lake. */
public class HostileInputTest {
  private static final List<String> TENANTS =
      List.of(
          "../../etc/passwd",
          "..",
          ".",
          "",
          " ",
          "/",
          "/etc/passwd",
          "a/b",
          "a%2Fb",
          "%2e%2e",
          "%2e%2e%2f",
          "..\\..\\x",
          "C:\\x",
          "a\nb",
          "a\r\nb",
          "a\tb",
          "\u0000",
          "a\u0000b",
          "a",
          "A",
          "ä",
          "a\u0308",
          "\uD83D\uDE00",
          "__HIVE_DEFAULT_PARTITION__",
          "null",
          "a=b",
          "tenant=a",
          "a?b",
          "a#b",
          "a*b",
          "~",
          "$HOME",
          "`id`",
          "'; DROP TABLE events; --",
          "x".repeat(300),
          "x".repeat(299) + "y",
          "\uD83D\uDE00".repeat(80),
          "../".repeat(100));

  /** Documents that are or are not JSON, each a line; none has the fields of an event. */
  private static final List<String> DOCUMENTS =
      List.of(
          "{}",
          "[]",
          "null",
          "true",
          "0",
          "-0",
          "1e400",
          "1E-999999999",
          "123456789012345678901234567890.123456789",
          "\"text\"",
          "\"\\uD800\"",
          "\"\\u0000\"",
          "[1,2,[3,[4]]]",
          "{\"a\":1,\"a\":2}",
          "{\"\":{\"\":\"\"}}",
          "{\"__proto__\":{}}",
          "[1,]",
          "[,1]",
          "{\"a\":1,}",
          "{a:1}",
          "{'a':1}",
          "{\"a\" 1}",
          "{\"a\":1 \"b\":2}",
          "NaN",
          "-Infinity",
          "01",
          "1.",
          ".5",
          "+1",
          "0x1F",
          "\"unclosed",
          "\"bad \\x escape\"",
          "\"tab\tinside\"",
          "[1] // comment",
          "/* comment */ {}",
          "{} {}",
          "{}}",
          "[[[[",
          "nul",
          "<xml/>",
          "\uFEFF{}",
          "\u0000",
          "[".repeat(5_000) + "]".repeat(5_000),
          "{\"a\":".repeat(5_000));

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;

  @Before
  public void findFolder() {
    root = folder.getRoot().toPath();
  }

  @Test
  public void hostileTenantsStayInTheLakeAndDistinct() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < TENANTS.size(); i++) {
      ObjectNode line = Json.object();
      line.put("id", "e" + i).put("time", "2026-01-01T00:00:00Z").put("tenant", TENANTS.get(i));
      lines.add(new String(Json.write(line), UTF_8));
    }
    Path drop = Files.write(root.resolve("tenants.jsonl"), lines);
    Path workflow = workflow("jsonl");

    Ran ran = ingest(workflow, drop, "?partition=tenant");

    assertThat(ran.count("read"), is((long) TENANTS.size()));
    assertThat(ran.count("stored"), is((long) TENANTS.size()));
    List<Map<String, String>> stored =
        Rows.columns(Rows.ofLake("lake://" + root + "/lake/raw"), "id", "tenant");
    List<String> found = new ArrayList<>();
    for (int i = 0; i < TENANTS.size(); i++) {
      String id = "e" + i;
      stored.stream()
          .filter(row -> id.equals(row.get("id")))
          .forEach(row -> found.add(row.get("tenant")));
    }
    assertThat(found, equalTo(TENANTS));
    // One folder a tenant, each directly in the data folder, none elsewhere.
    assertThat(names(root.resolve("lake/default/raw/data")), hasSize(TENANTS.size()));
    assertThat(names(root), contains("lake", "tenants.jsonl", "w.yaml"));
    assertThat(names(root.resolve("lake")), contains("catalog.db", "default"));
    assertThat(names(root.resolve("lake/default")), contains("raw", "raw_dead_letters"));
    assertThat(names(root.resolve("lake/default/raw")), contains("data", "metadata", "staging"));
  }

  @Test
  public void aTenantIsOneGroupHoweverItIsSpelled() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 2 * TENANTS.size(); i++) {
      ObjectNode line = Json.object();
      line.put("id", "e" + i).put("time", "2026-01-01T00:00:00Z");
      line.put("tenant", TENANTS.get(i % TENANTS.size()));
      lines.add(new String(Json.write(line), UTF_8));
    }
    Path drop = Files.write(root.resolve("tenants.jsonl"), lines);
    Path workflow = workflow("jsonl");
    ingest(workflow, drop, "?partition=tenant");
    Files.writeString(
        workflow, Files.readString(workflow) + "aggregate: {by: [tenant], measures: {n: count}}\n");

    Ran ran =
        leat(
            "run",
            workflow,
            "--source=lake://" + root + "/lake/raw",
            "--sink=jsonl:" + root + "/out");

    assertThat(ran.err(), ran.code(), is(0));
    List<Map<String, String>> rows = Rows.ofFolder(root.resolve("out"));
    assertThat(rows, hasSize(TENANTS.size()));
    assertThat(rows.stream().allMatch(row -> row.get("n").equals("2")), is(true));
  }

  @Test
  public void everyLineThatIsNoEventIsOneDeadLetter() throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (String document : DOCUMENTS) {
      lines.writeBytes((document + "\n").getBytes(UTF_8));
    }
    lines.writeBytes("{\"tenant\":\"\u00FF\u00FE\"}\n".getBytes(ISO_8859_1));
    lines.writeBytes(
        "{\"id\":\"1\",\"time\":\"2026-01-01T00:00:00Z\",\"tenant\":\"a\"}".getBytes(UTF_8));
    Path drop = Files.write(root.resolve("documents.jsonl"), lines.toByteArray());

    Ran ran = ingest(workflow("jsonl"), drop, "");

    assertThat(ran.count("read"), is(DOCUMENTS.size() + 2L));
    assertThat(ran.count("dead_letters"), is(DOCUMENTS.size() + 1L));
    assertThat(ran.count("stored"), is(1L));
    List<Map<String, String>> letters = Rows.ofLake("lake://" + root + "/lake/raw_dead_letters");
    List<String> data = new ArrayList<>();
    for (int i = 0; i < DOCUMENTS.size(); i++) {
      String offset = Integer.toString(i + 1);
      letters.stream()
          .filter(letter -> offset.equals(letter.get("ingest_offset")))
          .forEach(letter -> data.add(letter.get("data")));
    }
    assertThat(data, equalTo(DOCUMENTS));
  }

  @Test
  public void everyFileThatIsNoEventIsAccountedForToo() throws IOException {
    Path drop = Files.createDirectory(root.resolve("documents"));
    for (int i = 0; i < DOCUMENTS.size(); i++) {
      Files.writeString(drop.resolve("d%02d.json".formatted(i)), DOCUMENTS.get(i));
    }
    Files.writeString(drop.resolve("empty.json"), "");

    Ran ran = ingest(workflow("json"), drop.resolve("*.json"), "");

    assertThat(ran.count("files"), is(DOCUMENTS.size() + 1L));
    assertThat(ran.count("stored"), is(0L));
    assertThat(ran.count("read"), is(ran.count("dead_letters")));
    List<String> origins =
        Rows.ofLake("lake://" + root + "/lake/raw_dead_letters").stream()
            .map(letter -> letter.get("origin"))
            .distinct()
            .toList();
    // An empty array has no element, and an empty file no record.
    assertThat(origins, hasSize(DOCUMENTS.size() - 1));
  }

  private Path workflow(String format) throws IOException {
    return Files.writeString(
        root.resolve("w.yaml"),
        "name: w\nevents: {format: %s, type: t, time: /time, id: /id, tenant: /tenant}\n"
            .formatted(format));
  }

  private Ran ingest(Path workflow, Path files, String parameters) {
    Ran ran =
        leat(
            "ingest",
            workflow,
            "--source=" + files,
            "--sink=lake://" + root + "/lake/raw" + parameters,
            "--output=json");
    assertThat(ran.err(), ran.code(), is(0));
    assertThat(ran.count("read"), is(ran.count("stored") + ran.count("dead_letters")));
    return ran;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
