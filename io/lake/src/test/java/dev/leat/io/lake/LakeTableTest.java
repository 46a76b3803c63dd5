package dev.leat.io.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public final class LakeTableTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void readsWarehouseNamespaceAndName() {
    LakeTable table = parse("lake:///data/my lake/marts.edits?partition=date");

    assertThat(table.warehouse(), is("/data/my lake"));
    assertThat(table.namespace(), is("marts"));
    assertThat(table.name(), is("edits"));
    assertThat(table.toString(), is("lake:///data/my lake/marts.edits"));
    assertThat(table.deadLetters().toString(), is("lake:///data/my lake/marts.edits_dead_letters"));
  }

  @Test
  public void aNameAloneIsInTheDefaultNamespaceOfTheWorkingDirectory() {
    LakeTable table = parse("lake:out/edits");

    assertThat(table.namespace(), is("default"));
    assertThat(table.warehouse(), is(Path.of("out").toAbsolutePath().toString()));
    assertThat(parse("lake:edits").warehouse(), is(Path.of("").toAbsolutePath().toString()));
  }

  @Test
  public void refusesNamesThatCouldBePathsOrSql() {
    for (String bad :
        List.of(
            "lake:///w/a.b.c",
            "lake:///w/",
            "lake:///w/..",
            "lake:///w/a.",
            "lake:///w/-a",
            "lake:///w/a.b%00",
            "lake:///w/a%2F..%2Fb.'x'",
            "lake:///w%3Fmode=memory/a.b",
            "lake:///w%00/a.b",
            "lake:///w/" + "a".repeat(101),
            "lake:s3://bucket/a.b")) {
      assertThrows(bad, UsageException.class, () -> parse(bad));
    }
    UsageException both = assertThrows(UsageException.class, () -> parse("lake:///w/-a.-b"));
    assertThat(both.problems().size(), is(2));
  }

  @Test
  public void anotherCatalogIsOpenedByItsPropertiesAndSecretsStayOut() throws Exception {
    Path secret = Files.writeString(folder.newFile("secret").toPath(), "s3cr3t-value\n");
    Path warehouse = folder.getRoot().toPath().resolve("other");
    Path properties = folder.getRoot().toPath().resolve("catalog.properties");
    Files.writeString(
        properties, "type=hadoop\nwarehouse=" + warehouse + "\ntoken=${file:" + secret + "}\n");
    ConnectorUri uri = ConnectorUri.parse("lake:raw.events?catalog=" + properties);
    RawLake lake = RawLake.of(uri);

    LakeFixture.ingestFiles(lake, "run-1", lake.plan(List.of(LakeFixture.file("/in/a"))));

    assertThat(LakeFixture.column(lake.table(), "id"), is(List.of("of /in/a")));
    assertThat(Files.isDirectory(warehouse.resolve("raw/events/data")), is(true));
    assertThat(
        SourceFixture.read(LakeSource.open(uri, SourceRequest.defaults())).get(0).id(),
        is("of /in/a"));
    assertThat(
        new String(
            SerializableUtils.serializeToByteArray(lake.table()),
            java.nio.charset.StandardCharsets.ISO_8859_1),
        not(containsString("s3cr3t")));
    assertThat(lake.table().toString(), is("lake:raw.events"));
    for (String file : LakeFixture.filesUnder(folder.getRoot().toPath(), "")) {
      String content =
          Files.readString(
              folder.getRoot().toPath().resolve(file),
              java.nio.charset.StandardCharsets.ISO_8859_1);
      assertThat(file, content.contains("s3cr3t-value"), is(file.equals("secret")));
    }
  }

  @Test
  public void referencesAreResolvedWhereTheCatalogIsOpened() throws Exception {
    Path secret = Files.writeString(folder.newFile("secret").toPath(), "of file\n");
    Path properties =
        Files.writeString(
            folder.newFile("catalog.properties").toPath(),
            "a=x${env:A}y\nb=${file:" + secret + "}\nc=plain ${other}\n");

    assertThat(
        CatalogFile.read(properties.toString(), Map.of("A", "of env$1")::get),
        is(Map.of("a", "xof env$1y", "b", "of file", "c", "plain ${other}")));
    UsageException missing =
        assertThrows(
            UsageException.class, () -> CatalogFile.read(properties.toString(), name -> null));
    assertThat(missing.getMessage(), containsString("a: ${env:A} is not set"));
    assertThrows(
        UnreachableException.class, () -> CatalogFile.read(folder + "/none", name -> null));
  }

  @Test
  public void foldersOfDifferentValuesDiffer() {
    List<String> values =
        List.of(
            "",
            ".",
            "%2E",
            "a",
            "A",
            "a~",
            "é",
            "\u0000",
            "x".repeat(150),
            "x".repeat(151),
            "x".repeat(100) + "~",
            "é".repeat(60),
            "é".repeat(61),
            "__HIVE_DEFAULT_PARTITION__");
    Set<String> encoded = new HashSet<>();
    for (String value : values) {
      String path = PartitionPath.encode(value);
      encoded.add(path);
      assertThat(path.length(), lessThanOrEqualTo(150));
      assertThat(path, path.matches("(?:[A-Za-z0-9_.-]|%[0-9A-F]{2})*(~[0-9a-f]{32})?"), is(true));
    }

    assertThat(encoded.size(), is(values.size()));
    assertThat(PartitionPath.encode("a b/../c"), is("a%20b%2F..%2Fc"));
    assertThat(PartitionPath.encode("en-GB_1.x"), is("en-GB_1.x"));
  }

  private static LakeTable parse(String uri) {
    return LakeTable.parse(ConnectorUri.parse(uri));
  }
}
