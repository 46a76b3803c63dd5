package dev.leat.enrich;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class FileLookupTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private static final String COUNTRIES = "iso,name\r\nIT,Italy\r\nTR,\"Türkiye, \"\"TR\"\"\"\r\n";
  private static final Map<String, ObjectNode> BY_ISO =
      Map.of(
          "IT", row("{\"iso\":\"IT\",\"name\":\"Italy\"}"),
          "TR", row("{\"iso\":\"TR\",\"name\":\"Türkiye, \\\"TR\\\"\"}"));

  @Test
  public void readsCsvByItsFirstColumn() throws IOException {
    assertThat(FileLookup.of(file("countries.csv", COUNTRIES), null).load(), is(BY_ISO));
  }

  @Test
  public void dropsAByteOrderMark() throws IOException {
    assertThat(FileLookup.of(file("countries.csv", "\uFEFF" + COUNTRIES), null).load(), is(BY_ISO));
  }

  @Test
  public void readsCsvByANamedColumn() throws IOException {
    Map<String, ObjectNode> rows = FileLookup.of(file("countries.csv", COUNTRIES), "name").load();

    assertThat(rows.get("Italy"), is(BY_ISO.get("IT")));
    assertThat(rows.size(), is(2));
  }

  @Test
  public void readsCompressedFiles() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(COUNTRIES.getBytes(UTF_8));
    }
    Path file = folder.newFile("countries.CSV.gz").toPath();
    Files.write(file, bytes.toByteArray());

    assertThat(FileLookup.of(file.toString(), null).load(), is(BY_ISO));
  }

  @Test
  public void readsJsonLines() throws IOException {
    String lines = "{\"no\":7,\"name\":\"Italy\"}\n\n{\"no\":\"8\",\"pop\":{\"m\":1.50}}\n";

    Map<String, ObjectNode> rows = FileLookup.of(file("countries.jsonl", lines), "no").load();

    assertThat(
        rows,
        is(
            Map.of(
                "7", row("{\"no\":7,\"name\":\"Italy\"}"),
                "8", row("{\"no\":\"8\",\"pop\":{\"m\":1.50}}"))));
  }

  @Test
  public void readsMembersWhoseNamesNeedEscapes() throws IOException {
    String line = "{\"a/b~c\":1}";

    assertThat(FileLookup.of(file("x.ndjson", line), "a/b~c").load(), is(Map.of("1", row(line))));
  }

  @Test
  public void takesLaterOfTwoRowsWithOneKey() throws IOException {
    String csv = "k,v\na,1\nb,2\na,3\n";
    String json = "{\"k\":\"a\",\"v\":1}\n{\"k\":\"a\",\"v\":3}\n";

    assertThat(
        FileLookup.of(file("a.csv", csv), null).load().get("a"),
        is(row("{\"k\":\"a\",\"v\":\"3\"}")));
    assertThat(
        FileLookup.of(file("a.jsonl", json), "k").load().get("a"),
        is(row("{\"k\":\"a\",\"v\":3}")));
  }

  @Test
  public void readsEmptyTables() throws IOException {
    assertThat(FileLookup.of(file("a.csv", "k,v\n"), null).load(), is(Map.of()));
    assertThat(FileLookup.of(file("a.jsonl", ""), "k").load(), is(Map.of()));
  }

  @Test
  public void refusesBadCsv() throws IOException {
    String ragged = file("ragged.csv", "k,v\na,1\nb,2,3\n");
    assertThat(failure(ragged, null), is(ragged + ": record 2 has 3 columns, the header 2"));
    String shortRow = file("short.csv", "k,v\na\n");
    assertThat(failure(shortRow, null), is(shortRow + ": record 1 has 1 columns, the header 2"));
    String quote = file("quote.csv", "k,v\na,\"1\n");
    assertThat(failure(quote, null), is(quote + ": not CSV"));
    String quoteInHeader = file("header.csv", "k,\"v\na,1\n");
    assertThat(failure(quoteInHeader, null), is(quoteInHeader + ": not CSV"));
    String empty = file("empty.csv", "");
    assertThat(failure(empty, null), is(empty + ": expected a header, got nothing"));
    String countries = file("countries.csv", COUNTRIES);
    assertThat(
        failure(countries, "code"), is(countries + ": no column 'code'; there are iso, name"));
    String twice = file("twice.csv", "k,v,v\na,1,2\n");
    assertThat(failure(twice, null), is(twice + ": two columns are named 'v'"));
    String nameless = file("nameless.csv", "k,,v\na,1,2\n");
    assertThat(failure(nameless, null), is(nameless + ": a column has no name"));
  }

  @Test
  public void refusesBadJsonLines() throws IOException {
    String bad = file("bad.jsonl", "{\"k\":1}\n{\"k\":\n");
    assertThat(failure(bad, "k"), is(bad + ": line 2: not JSON: it ends too early"));
    String lacking = file("lacking.jsonl", "{\"k\":1}\n{\"x\":1}\n");
    assertThat(failure(lacking, "k"), is(lacking + ": line 2 has no 'k'"));
    String list = file("list.jsonl", "[1]\n");
    assertThat(failure(list, "k"), is(list + ": line 1 has no 'k'"));
    String half = file("half.jsonl", "{\"k\":\"\\ud800\"}\n");
    assertThat(
        failure(half, "k"), is(half + ": line 1: /k: half a surrogate pair is not Unicode text"));
  }

  @Test
  public void refusesBytesThatAreNotUtf8() throws IOException {
    for (String name : new String[] {"latin.csv", "latin.jsonl"}) {
      Path file = folder.newFile(name).toPath();
      Files.write(
          file, "{\"k\":\"\u00fc\"}\n".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));

      assertThat(failure(file.toString(), "k"), is(file + ": not UTF-8"));
    }
  }

  @Test
  public void refusesMissingFiles() {
    String missing = folder.getRoot() + "/missing.csv";

    assertThrows(FileNotFoundException.class, () -> FileLookup.of(missing, null).load());
  }

  @Test
  public void refusesNamesThatTellNoFormat() {
    assertThat(
        refusal("countries.parquet", null),
        is("lookup: expected a file that ends in .csv or .jsonl, got 'countries.parquet'"));
    assertThat(
        refusal("countries.jsonl.gz", null),
        is("on: expected the member that is the key, because JSON has no first column"));
  }

  private String file(String name, String content) throws IOException {
    Path file = folder.newFile(name).toPath();
    Files.writeString(file, content);
    return file.toString();
  }

  private static ObjectNode row(String json) {
    return (ObjectNode) Json.parse(json);
  }

  private static String failure(String file, String key) {
    return assertThrows(file, IOException.class, () -> FileLookup.of(file, key).load())
        .getMessage();
  }

  private static String refusal(String file, String key) {
    return assertThrows(IllegalArgumentException.class, () -> FileLookup.of(file, key))
        .getMessage();
  }
}
