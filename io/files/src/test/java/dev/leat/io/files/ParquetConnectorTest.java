package dev.leat.io.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RecordBlock;
import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.RecordFormat;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.joda.time.Instant;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ParquetConnectorTest {
  private static final ParquetScan SCAN = new ParquetScan(1 << 20);

  private static final Schema SCHEMA =
      Schema.builder()
          .addNullableField("window_start", FieldType.DATETIME)
          .addField("page name", FieldType.STRING)
          .addNullableField("added", FieldType.DECIMAL)
          .addNullableField("p95", FieldType.DOUBLE)
          .addField("top", FieldType.array(FieldType.STRING.withNullable(true)))
          .addField("by", FieldType.map(FieldType.STRING, FieldType.INT32))
          .addNullableField("raw", FieldType.BYTES)
          .addField("ok", FieldType.BOOLEAN)
          .build();

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;

  @Before
  public void findRoot() throws IOException {
    root = folder.getRoot().toPath().toRealPath();
  }

  @Test
  public void readsWhatItWrote() throws IOException {
    List<Row> rows =
        List.of(
            row("2015-09-12T13:00:00Z", "é", "1.50", 0.5, Arrays.asList("x", null), Map.of("k", 1)),
            row(null, "b", null, null, List.of(), Map.of()));

    write("out", rows);

    assertThat(filesBelow(root), contains("out/_leat.json", "out/part-00000.parquet"));
    assertThat(
        Scans.found(root.resolve("out/part-00000.parquet"), SCAN),
        contains(
            "1|||{\"window_start\":\"2015-09-12T13:00:00Z\",\"page name\":\"é\",\"added\":1.5,"
                + "\"p95\":0.5,\"top\":[\"x\",null],\"by\":{\"k\":1},\"raw\":\"AQ==\",\"ok\":true}",
            "2|||{\"window_start\":null,\"page name\":\"b\",\"added\":null,\"p95\":null,"
                + "\"top\":[],\"by\":{},\"raw\":\"AQ==\",\"ok\":true}"));
  }

  @Test
  public void writesWhatOtherReadersRead() throws Exception {
    write(
        "out?partition=date",
        List.of(
            row("2015-09-12T23:59:59.999Z", "a", "-0.0000000005", 1.0, List.of("x"), Map.of()),
            row(
                "2015-09-13T00:00:00Z",
                "b",
                "12345678901234567890.123456789",
                2.0,
                List.of(),
                Map.of()),
            row(null, "c", "3", 3.0, List.of(), Map.of())));

    assertThat(
        filesBelow(root),
        contains(
            "out/_leat.json",
            "out/date=2015-09-12/part-00000.parquet",
            "out/date=2015-09-13/part-00000.parquet",
            "out/date=__HIVE_DEFAULT_PARTITION__/part-00000.parquet"));
    assertThat(
        query(
            "SELECT \"page name\", added::VARCHAR, epoch_ms(window_start), date::VARCHAR, len(top)"
                + " FROM read_parquet('"
                + root
                + "/out/**/*.parquet', hive_partitioning = true) ORDER BY 1"),
        contains(
            "a|0.000000000|1442102399999|2015-09-12|1",
            "b|12345678901234567890.123456789|1442102400000|2015-09-13|0",
            "c|3.000000000|null|null|0"));
    assertThat(
        query("SELECT DISTINCT compression FROM parquet_metadata('" + root + "/out/**/*.parquet')"),
        contains("ZSTD"));
  }

  @Test
  public void leavesNoFolderOfTheFormerRun() throws IOException {
    write(
        "out?partition=date",
        List.of(row("2015-09-12T00:00:00Z", "a", "1", 1.0, List.of(), Map.of())));
    write(
        "out?partition=date",
        List.of(row("2015-09-13T00:00:00Z", "a", "1", 1.0, List.of(), Map.of())));

    assertThat(
        filesBelow(root), contains("out/_leat.json", "out/date=2015-09-13/part-00000.parquet"));
    assertThat(Files.exists(root.resolve("out/date=2015-09-12")), equalTo(false));
  }

  @Test
  public void refusesADecimalThatDoesNotFit() {
    var failure =
        assertThrows(
            Pipeline.PipelineExecutionException.class,
            () -> write("out", List.of(row(null, "a", "1e29", 1.0, List.of(), Map.of()))));

    assertThat(
        failure.getCause().getMessage(),
        equalTo("added: expected at most 29 digits before the point, got 30"));
  }

  @Test
  public void writesAnEmptyResultWithItsColumns() throws Exception {
    write("out", List.of());

    assertThat(
        query("SELECT count(*), count(p95) FROM '" + root + "/out/*.parquet'"), contains("0|0"));
  }

  @Test
  public void writesAnEmptyResultInPartitionsAsNoFile() throws IOException {
    write("out?partition=date", List.of());

    assertThat(filesBelow(root), contains("out/_leat.json"));
  }

  @Test
  public void readsEveryCompressionOfAnotherWriter() throws Exception {
    for (String codec : List.of("uncompressed", "snappy", "gzip", "zstd", "lz4_raw")) {
      Path file = root.resolve(codec + ".parquet");
      query("COPY (SELECT 1 AS n) TO '" + file + "' (FORMAT parquet, COMPRESSION " + codec + ")");

      assertThat(codec, Scans.found(file, SCAN), contains("1|||{\"n\":1}"));
    }
  }

  @Test
  public void readsTheTypesOfAnotherWriter() throws Exception {
    Path file = root.resolve("types.parquet");
    query(
        "COPY (SELECT TIMESTAMP '2015-09-12 13:00:00' AS t, TIMESTAMP_NS"
            + " '2015-09-12 13:00:00.000000001' AS ns, TIMESTAMPTZ '2015-09-12 15:00:00.25+02' AS"
            + " tz, DATE '2015-09-12' AS d, TIME '13:00:00' AS tod, 12.340::DECIMAL(9,3) AS d9,"
            + " -1.5::DECIMAL(38,9) AS d38, 18446744073709551615::UBIGINT AS u64,"
            + " 4294967295::UINTEGER AS u32, -1::TINYINT AS i8, 1.5::FLOAT AS f, 'NaN'::DOUBLE AS"
            + " nan, '\\xAB'::BLOB AS b, 'e\"é' AS s, uuid '00112233-4455-6677-8899-aabbccddeeff' AS"
            + " u, [1, NULL, 3] AS l, [{'x': [1]}] AS ls, MAP {'k': 1} AS m, MAP {2: 'v'} AS mi,"
            + " {'a b': NULL::INT} AS st, NULL::INT[] AS nl, TRUE AS y) TO '"
            + file
            + "' (FORMAT parquet)");

    assertThat(
        Scans.found(file, SCAN),
        contains(
            "1|||{\"t\":\"2015-09-12T13:00:00Z\",\"ns\":\"2015-09-12T13:00:00.000000001Z\","
                + "\"tz\":\"2015-09-12T13:00:00.250Z\",\"d\":\"2015-09-12\",\"tod\":\"13:00:00\","
                + "\"d9\":12.34,\"d38\":-1.5,\"u64\":18446744073709551615,\"u32\":4294967295,"
                + "\"i8\":-1,\"f\":1.5,\"nan\":null,\"b\":\"qw==\",\"s\":\"e\\\"é\","
                + "\"u\":\"00112233-4455-6677-8899-aabbccddeeff\",\"l\":[1,null,3],"
                + "\"ls\":[{\"x\":[1]}],\"m\":{\"k\":1},\"mi\":{\"2\":\"v\"},"
                + "\"st\":{\"a b\":null},\"nl\":null,\"y\":true}"));
  }

  @Test
  public void readsOlderLayouts() throws IOException {
    MessageType type =
        MessageTypeParser.parseMessageType(
            "message m { required int96 t; repeated int32 r; optional group l (LIST) { repeated"
                + " int32 element; } optional group a (LIST) { repeated group array { required int32"
                + " x; } } required fixed_len_byte_array(2) h (FLOAT16); optional binary js (JSON);"
                + " required int32 tod (TIME_MILLIS); required int64 ms (TIMESTAMP_MILLIS); }");
    Group group = new SimpleGroupFactory(type).newGroup();
    // 2015-09-12 is Julian day 2457278; 46800 s are 13 hours.
    byte[] int96 = new byte[12];
    java.nio.ByteBuffer.wrap(int96)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .putLong(46_800_000_000_001L)
        .putInt(2_457_278);
    group.append("t", Binary.fromConstantByteArray(int96)).append("r", 1).append("r", 2);
    group.addGroup("l").append("element", 3);
    group.addGroup("a").addGroup("array").append("x", 4);
    group.append("h", Binary.fromConstantByteArray(new byte[] {0x00, (byte) 0xBE}));
    group.append("js", "{\"a\":1}").append("tod", 1).append("ms", -1L);
    Path file = root.resolve("old.parquet");
    writeGroups(file, type, List.of(group));

    assertThat(
        Scans.found(file, SCAN),
        contains(
            "1|||{\"t\":\"2015-09-12T13:00:00.000000001Z\",\"r\":[1,2],\"l\":[3],"
                + "\"a\":[{\"x\":4}],\"h\":-1.5,\"js\":\"{\\\"a\\\":1}\",\"tod\":\"00:00:00.001\","
                + "\"ms\":\"1969-12-31T23:59:59.999Z\"}"));
  }

  @Test
  public void costsOneProblemWhenATimeIsNone() throws IOException {
    MessageType type =
        MessageTypeParser.parseMessageType("message m { required int32 tod (TIME_MILLIS); }");
    SimpleGroupFactory groups = new SimpleGroupFactory(type);
    Path file = root.resolve("a.parquet");
    writeGroups(
        file,
        type,
        List.of(groups.newGroup().append("tod", -1), groups.newGroup().append("tod", 0)));

    assertThat(
        Scans.found(file, SCAN), contains("1||a time that is none|", "2|||{\"tod\":\"00:00:00\"}"));
  }

  @Test
  public void readsAllFilesBeneathAFolderWithTheColumnsOfFolders() throws Exception {
    Path first = root.resolve("t/date=2015-09-12/tenant=a%2Fb/x.parquet");
    Path second = root.resolve("t/date=__HIVE_DEFAULT_PARTITION__/y.parquet");
    Files.createDirectories(first.getParent());
    Files.createDirectories(second.getParent());
    Files.createDirectories(root.resolve("t/.staging"));
    query("COPY (SELECT 1 AS n) TO '" + first + "' (FORMAT parquet)");
    query("COPY (SELECT 2 AS n, 'own' AS date) TO '" + second + "' (FORMAT parquet)");
    Files.copy(first, root.resolve("t/.staging/z.parquet"));
    Files.writeString(root.resolve("t/notes.txt"), "mine");

    Pipeline pipeline = Pipeline.create();
    PAssert.that(
            pipeline
                .apply("Read", source("t").read())
                .apply(
                    FlatMapElements.into(TypeDescriptors.strings())
                        .via((RecordBlock block) -> texts(block))))
        .containsInAnyOrder(
            first + ":1:{\"n\":1,\"date\":\"2015-09-12\",\"tenant\":\"a/b\"}",
            second + ":1:{\"n\":2,\"date\":\"own\"}");
    pipeline.run().waitUntilFinish();

    assertThat(Scans.found(first, SCAN), contains(startsWith("1|||{\"n\":1,")));
    assertThat(source("t/*/*.parquet").files().size(), equalTo(1));
  }

  @Test
  public void givesTheNullOfHiveAsNull() {
    assertThat(
        HiveColumns.of("/a/x=1/=2/y=__HIVE_DEFAULT_PARTITION__/p%=50%/x=a%20b+c/k=v.parquet"),
        equalTo(
            Map.of("x", Optional.of("a b+c"), "y", Optional.empty(), "p%", Optional.of("50%"))));
  }

  @Test
  public void costsOneProblemWhenAFileIsNoParquet() throws IOException {
    Path text = Files.writeString(root.resolve("a.parquet"), "PAR1 and no more than this");
    Path empty = Files.writeString(root.resolve("b.parquet"), "");
    Path magic = Files.writeString(root.resolve("c.parquet"), "PAR1....PAR1");

    assertThat(
        Scans.found(text, SCAN), contains("1||not a Parquet file|PAR1 and no more than this"));
    assertThat(Scans.found(empty, SCAN), contains("1||not a Parquet file|"));
    assertThat(Scans.found(magic, SCAN), contains(startsWith("1||broken Parquet: ")));
  }

  @Test
  public void keepsTheRowsBeforeAFault() throws Exception {
    Path file = root.resolve("a.parquet");
    query(
        "COPY (SELECT range AS n FROM range(50000)) TO '"
            + file
            + "' (FORMAT parquet, ROW_GROUP_SIZE 2048)");
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 3000, (byte) 0x5A);
    Files.write(file, bytes);

    List<String> found = Scans.found(file, SCAN);

    int good = found.size() - 1;
    assertThat(good, greaterThan(10_000));
    assertThat(found.get(good), startsWith((good + 1) + "||broken Parquet: "));
    for (int i = 0; i < good; i++) {
      assertThat(found.get(i), equalTo((i + 1) + "|||{\"n\":" + i + "}"));
    }
  }

  /** Wherever a byte is wrong, a scan ends, with one problem at most at its end. */
  @Test
  public void neverFailsOnBytesThatMakeNoSense() throws Exception {
    Path file = root.resolve("a.parquet");
    query(
        "COPY (SELECT range AS n, 'x' || range AS s, [range] AS l FROM range(500)) TO '"
            + file
            + "' (FORMAT parquet)");
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(11);
    int broken = 0;

    for (int round = 0; round < 300; round++) {
      byte[] bytes = good.clone();
      bytes[4 + random.nextInt(bytes.length - 8)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bytes);
      List<String> found = Scans.found(file, SCAN);
      List<String> problems =
          found.stream().filter(record -> record.contains("|broken Parquet")).toList();
      assertThat(problems.size() <= 1, equalTo(true));
      broken += problems.size();
    }

    assertThat(broken, greaterThan(10));
  }

  @Test
  public void refusesAFileThatIsGone() {
    InputFile gone = InputFile.of(root + "/gone.parquet", 1, 1);

    assertThrows(IOException.class, () -> SCAN.scan(gone, block -> {}));
  }

  @Test
  public void refusesWhatCannotBe() throws IOException {
    Files.createDirectories(root.resolve("empty"));
    Files.writeString(root.resolve("a.parquet"), "");

    assertThat(
        assertThrows(UnreachableException.class, () -> source("empty")).getMessage(),
        equalTo(
            "parquet://" + root + "/empty: no such file, and no *.parquet beneath such a folder"));
    assertThrows(UnreachableException.class, () -> source("none/*.parquet"));
    assertThrows(UsageException.class, () -> source("a.parquet?watch=1s"));
    assertThrows(
        UsageException.class,
        () ->
            Connectors.load()
                .source(
                    ConnectorUri.parse("parquet://" + root + "/a.parquet"),
                    SourceRequest.defaults().withFormat(RecordFormat.CSV)));
    assertThat(
        assertThrows(UsageException.class, () -> write("out?partition=hour", List.of()))
            .getMessage(),
        equalTo("partition: expected date, got hour"));
    assertThrows(
        UsageException.class,
        () -> sink("out?partition=date", Schema.builder().addStringField("x").build()));
    assertThrows(
        UsageException.class,
        () ->
            sink(
                "out?partition=date",
                Schema.builder().addDateTimeField("window_start").addStringField("date").build()));
  }

  private static Row row(
      String start,
      String page,
      String added,
      Double p95,
      List<String> top,
      Map<String, Integer> by) {
    return Row.withSchema(SCHEMA)
        .addValue(start == null ? null : Instant.parse(start))
        .addValue(page)
        .addValue(added == null ? null : new BigDecimal(added))
        .addValue(p95)
        .addValue(top)
        .addValue(by)
        .addValue(new byte[] {1})
        .addValue(true)
        .build();
  }

  private void write(String name, List<Row> rows) {
    FolderSink sink = sink(name, SCHEMA);
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(List.of(RowBlock.of(rows))).withCoder(RowBlockCoder.of(SCHEMA)))
        .apply(sink.write());
    pipeline.run().waitUntilFinish();
  }

  private FolderSink sink(String name, Schema schema) {
    return (FolderSink)
        Connectors.load()
            .sink(
                ConnectorUri.parse("parquet://" + root + "/" + name),
                SinkRequest.of("r" + System.nanoTime(), schema, Optional.empty(), Map.of()));
  }

  private Source.OfFiles source(String name) {
    return (Source.OfFiles)
        Connectors.load()
            .source(ConnectorUri.parse("parquet://" + root + "/" + name), SourceRequest.defaults());
  }

  private static void writeGroups(Path file, MessageType type, List<Group> groups)
      throws IOException {
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file)).withType(type).build()) {
      for (Group group : groups) {
        writer.write(group);
      }
    }
  }

  private static List<String> texts(RecordBlock block) {
    List<String> texts = new ArrayList<>();
    block.forEach(
        record ->
            texts.add(
                record.origin()
                    + ":"
                    + record.offset()
                    + ":"
                    + new String(record.data().toByteArray(), UTF_8)));
    return texts;
  }

  private static List<String> query(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("SET autoinstall_known_extensions=false");
      statement.execute("SET autoload_known_extensions=false");
      statement.execute("SET TimeZone='UTC'");
      List<String> rows = new ArrayList<>();
      if (statement.execute(sql)) {
        try (ResultSet result = statement.getResultSet()) {
          while (result.next()) {
            List<String> values = new ArrayList<>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
              values.add(String.valueOf(result.getObject(i)));
            }
            rows.add(String.join("|", values));
          }
        }
      }
      return rows;
    }
  }

  private static List<String> filesBelow(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
