package dev.leat.io.jdbc;

import static dev.leat.io.jdbc.JdbcFixture.BY_PAGE;
import static dev.leat.io.jdbc.JdbcFixture.COUNTS;
import static dev.leat.io.jdbc.JdbcFixture.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RowBlock;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.testing.fixtures.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PCollection;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public final class JdbcConnectorTest {
  private static final String SECRET = "s3cret-pass-phrase";

  @ClassRule public static final EmbeddedPostgres POSTGRES = new EmbeddedPostgres();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final JdbcFixture fixture = new JdbcFixture(POSTGRES);

  @Test
  public void everyProblemOfAUriIsSaidAtOnceAndNoSecretIsRepeated() {
    UsageException refused =
        refused(
            "jdbc:postgresql://localhost/db?user=me&password="
                + SECRET
                + "&sslpassword=x${env:HOME}"
                + "&passwort="
                + SECRET,
            request("run", COUNTS));

    assertThat(
        refused.problems(),
        contains(
            "jdbc:postgresql://localhost/db: password: expected a reference, ${env:NAME} or"
                + " ${file:PATH}, got the value itself",
            "jdbc:postgresql://localhost/db: unknown parameter 'passwort'; known are"
                + " ApplicationName, channelBinding, connectTimeout, loginTimeout, options,"
                + " password, socketTimeout, sslcert, sslkey, sslmode, sslpassword, sslrootcert,"
                + " table, targetServerType, tcpKeepAlive, user",
            "jdbc:postgresql://localhost/db: sslpassword: expected a reference, ${env:NAME} or"
                + " ${file:PATH}, got the value itself",
            "jdbc:postgresql://localhost/db: expected table=name or table=schema.name among the"
                + " parameters"));
  }

  @Test
  public void aPlaceIsHostsAndADatabaseAndNothingMore() {
    for (String place :
        List.of(
            "postgresql://me:" + SECRET + "@localhost/db",
            "postgresql://localhost/db;password=" + SECRET,
            "postgresql://localhost/db%3Fpassword=" + SECRET,
            "postgresql:db",
            "mysql://localhost/db",
            "postgresql://localhost/",
            "postgresql:///db")) {
      UsageException refused = refused("jdbc:" + place + "?table=t", request("run", COUNTS));

      assertThat(
          refused.problems(),
          contains(
              "jdbc: expected jdbc:postgresql://host:port/database?table=…, and user and password"
                  + " as parameters"));
    }
  }

  @Test
  public void severalHostsAreTaken() {
    List<String> problems = new java.util.ArrayList<>();

    Database database =
        Database.parse(
                ConnectorUri.parse("jdbc:postgresql://a.b:1,[::1]:2,c/my%20db"),
                java.util.Set.of(),
                problems)
            .orElseThrow();

    assertThat(database.toString(), is("jdbc:postgresql://a.b:1,[::1]:2,c/my db"));
    assertThat(problems, is(empty()));
  }

  @Test
  public void tablesAndColumnsThatPostgresWouldCutOrRefuseAreRefused() {
    Schema schema =
        Schema.builder()
            .addInt64Field("é".repeat(32))
            .addInt64Field("xmin")
            .addInt64Field("leat_key")
            .addInt64Field("nul\0")
            .addField(
                "kind",
                FieldType.logicalType(new org.apache.beam.sdk.schemas.logicaltypes.NanosInstant()))
            .addDoubleField("ratio")
            .build();

    UsageException refused =
        refused(
            fixture.place() + "?table=a.b.c",
            request("run", schema).withLive(LiveRows.replacedBy(List.of("ratio", "gone"))));

    String place = fixture.place() + ": ";
    assertThat(
        refused.problems(),
        contains(
            place + "table: expected a name or schema.name, got 'a.b.c'",
            place
                + "column '"
                + "é".repeat(32)
                + "': PostgreSQL has names of at most 63 bytes, got 64 bytes",
            place + "column 'xmin': PostgreSQL has a column of its own with this name",
            place + "column 'leat_key': Leat has a column of its own with this name",
            place + "column 'nul\0': PostgreSQL has no names with the character U+0000",
            place + "column 'kind': LOGICAL_TYPE has no type in PostgreSQL",
            place + "column 'gone': it is in the key and the rows lack it",
            place + "column 'ratio': DOUBLE cannot be in a key"));
    assertThat(
        refused(fixture.place() + "?table=leat_runs", request("run", COUNTS)).problems(),
        contains(place + "table: leat_runs is where runs are remembered, choose another name"));
    assertThat(
        refused(fixture.place() + "?table=%22open", request("run", COUNTS)).problems(),
        contains(place + "table: a quote is not closed in '\"open'"));
  }

  @Test
  public void everyDifferenceOfATableIsSaidAtOnce() {
    fixture.execute(
        "CREATE TABLE other (window_start timestamp, window_end timestamptz NOT NULL,"
            + " page text NOT NULL, edits bigint GENERATED ALWAYS AS (1) STORED,"
            + " needed int NOT NULL, filled int NOT NULL DEFAULT 1);"
            + " CREATE VIEW seen AS SELECT * FROM other");

    assertThat(
        refused(fixture.uri("other").toString(), request("run", COUNTS)).problems(),
        contains(
            "table public.other: column 'window_start': the table has timestamp without time zone,"
                + " the rows have timestamp with time zone",
            "table public.other: column 'page': the table has it NOT NULL, the rows can have null"
                + " in it",
            "table public.other: column 'edits': the table makes its values itself",
            "table public.other: column 'needed': the table needs it, the rows lack it"));
    assertThat(
        refused(fixture.uri("seen").toString(), request("run", COUNTS)).problems(),
        contains("table public.seen: expected a table, it is a view or something else"));
    assertThat(
        refused(fixture.uri("nowhere.x").toString(), request("run", COUNTS)).problems(),
        contains("table nowhere.x: the database has no schema 'nowhere'; create it first"));
    assertThat(
        refused(
                fixture.uri("x").toString(),
                request(
                    "run",
                    Schema.builder().addInt64Field("n").build(),
                    "2015-09-12T00:00:00Z",
                    "2015-09-13T00:00:00Z"))
            .problems(),
        contains(
            fixture.place()
                + ": eventTimeStart, eventTimeEnd: rows without window_start can only be replaced"
                + " whole, got 2015-09-12T00:00:00Z and 2015-09-13T00:00:00Z"));
  }

  @Test
  public void openingWritesNothing() {
    fixture.open("untouched", request("run", COUNTS));
    fixture.open("untouched", JdbcFixture.live(BY_PAGE));

    assertThat(
        fixture.select("SELECT relname FROM pg_class WHERE relname LIKE 'untouched%'"),
        is(empty()));
  }

  @Test
  public void aDatabaseThatDoesNotAnswerIsUnreachable() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + silent.getLocalPort();

      UnreachableException unreachable =
          assertThrows(
              UnreachableException.class,
              () ->
                  open(
                      "jdbc:postgresql://" + address + "/db?table=t&loginTimeout=1",
                      request("run", COUNTS)));

      assertThat(
          unreachable.getMessage(),
          startsWith("jdbc:postgresql://" + address + "/db cannot be reached: "));
    }
  }

  @Test
  public void aDatabaseThatRefusesIsABadOption() {
    String other = fixture.place().replaceAll("/postgres$", "/no%20such");

    UsageException refused = refused(other + "?user=postgres&table=t", request("run", COUNTS));

    assertThat(refused.getMessage(), containsString("database \"no such\" does not exist (3D000)"));
  }

  @Test
  public void aReferenceWithoutASecretIsNamed() {
    UsageException refused =
        refused(
            fixture.place() + "?table=t&user=postgres&password=${file:/no/such/file}",
            request("run", COUNTS));

    assertThat(refused.getMessage(), containsString("${file:/no/such/file}: cannot read"));
  }

  @Test
  public void whatTheDriverSaysOfASecretIsReplacedByItsReference() throws IOException {
    Path file = secret();

    UnreachableException unreachable =
        assertThrows(
            UnreachableException.class,
            () ->
                open(
                    fixture.place() + "?table=t&user=postgres&sslmode=${file:" + file + "}",
                    request("run", COUNTS)));

    assertThat(
        everythingOf(unreachable),
        allOf(containsString("${file:" + file + "}"), not(containsString(SECRET))));
  }

  @Test
  public void theJobHasTheReferenceAndNotThePassword() throws IOException {
    Path file = secret();
    fixture.execute("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD '" + SECRET + "'");
    String uri = fixture.place() + "?user=guarded&password=${file:" + file + "}&table=guarded";

    RowSink bounded = open(uri, request("run", COUNTS));
    RowSink live = open(uri, JdbcFixture.live(BY_PAGE));

    for (PTransform<PCollection<RowBlock>, ?> write : List.of(bounded.write(), live.writeLive())) {
      assertThat(
          serialized(write),
          allOf(containsString("${file:" + file + "}"), not(containsString(SECRET))));
      assertThat(write.toString(), not(containsString(SECRET)));
      assertThat(DisplayData.from(write).toString(), not(containsString(SECRET)));
    }
    assertThat(
        fixture.database("x").toString() + bounded + live.summary(), not(containsString(SECRET)));
  }

  /** As Java writes it; Beam would compress it, and nothing could be found in it. */
  private static String serialized(Object object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toString(ISO_8859_1);
  }

  private Path secret() throws IOException {
    Path file = folder.newFile().toPath();
    Files.writeString(file, SECRET + "\n", UTF_8);
    return file;
  }

  private static String everythingOf(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static RowSink open(String uri, SinkRequest request) {
    return Connectors.load().sink(ConnectorUri.parse(uri), request);
  }

  private static UsageException refused(String uri, SinkRequest request) {
    UsageException refused = assertThrows(UsageException.class, () -> open(uri, request));
    assertThat(everythingOf(refused), not(containsString(SECRET)));
    return refused;
  }
}
