package dev.leat.io.kafka;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.Offsets;
import dev.leat.io.spi.RecordFormat;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.testing.fixtures.EmbeddedKafka;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class KafkaConnectorTest {
  private static final String TOPIC = "kafka://host:9092/topic";

  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void refusesWhatIsNoTopic() {
    assertThat(
        refusal("kafka:host"), containsString("expected kafka://host:port[,host:port]/topic"));
    assertThat(refusal("kafka://host/topic"), containsString("expected host:port, got 'host'"));
    assertThat(refusal("kafka://a:1,b/topic"), containsString("expected host:port, got 'b'"));
    assertThat(refusal("kafka://a:0/topic"), containsString("expected host:port, got 'a:0'"));
    assertThat(
        refusal("kafka://a:65536/topic"), containsString("expected host:port, got 'a:65536'"));
    assertThat(
        refusal("kafka://host:9092/a%20b"),
        containsString("letters, digits, '.', '_' or '-', got 'a b'"));
    assertThat(refusal("kafka://host:9092/.."), containsString("got '..'"));
    assertThat(refusal("kafka://host:9092/a/b"), containsString("got 'a/b'"));
    assertThat(refusal("kafka://host:9092/"), containsString("got ''"));
  }

  @Test
  public void doesNotRepeatCredentialsInTheUri() {
    assertThat(
        refusal("kafka://user:hunter2@host:9092/topic"),
        equalTo(
            "kafka: expected kafka://host:port/topic; credentials belong in a file of client"
                + " properties: config=/path/client.properties"));
  }

  @Test
  public void refusesParametersThatCannotBe() {
    assertThat(refusal(TOPIC + "?offset=1"), containsString("unknown parameter 'offset'"));
    assertThat(
        refusal(TOPIC + "?start=now"),
        equalTo(
            "start: expected earliest, latest, a time such as 2015-09-12T00:00:00Z or"
                + " partition:offset,partition:offset, got now"));
    assertThat(refusal(TOPIC + "?until=latest"), containsString("until: expected now, a time"));
    assertThat(refusal(TOPIC + "?until=earliest"), containsString("until: expected now, a time"));
    assertThat(refusal(TOPIC + "?start=0:1,0:2"), equalTo("start: partition 0 is given twice"));
    assertThat(refusal(TOPIC + "?idle=0s"), equalTo("idle: expected 1s to 1d, got 0s"));
    assertThat(refusal(TOPIC + "?disorder=31d"), equalTo("disorder: expected 0s to 30d, got 31d"));
    assertThat(
        refusal(TOPIC + "?onGap=ignore"), equalTo("onGap: expected fail or continue, got ignore"));
    assertThat(refusal(TOPIC + "?group=a%20b"), containsString("group: expected up to 249"));
    assertThat(
        refusal(TOPIC + "?maxRecordBytes=1"),
        equalTo("maxRecordBytes: expected 1024 to 67108864, got 1"));
  }

  @Test
  public void refusesSinkParametersThatCannotBe() {
    assertThat(
        sinkRefusal(TOPIC + "?exactlyOnce=yes"),
        equalTo("exactlyOnce: expected true or false, got yes"));
    assertThat(
        sinkRefusal(TOPIC + "?shards=2"), equalTo("shards: expected only with exactlyOnce=true"));
    assertThat(
        sinkRefusal(TOPIC + "?exactlyOnce=true&shards=0"),
        equalTo("shards: expected 1 to 999, got 0"));
    assertThat(
        sinkRefusal(TOPIC + "?exactlyOnce=true&transactionTimeout=1s"),
        equalTo("transactionTimeout: expected 10s to 1d, got 1s"));
    assertThat(sinkRefusal(TOPIC + "?start=earliest"), containsString("unknown parameter 'start'"));
  }

  @Test
  public void refusesCsvWithHeader() {
    UsageException refusal =
        assertThrows(
            UsageException.class,
            () ->
                Connectors.load()
                    .source(
                        ConnectorUri.parse(TOPIC),
                        SourceRequest.defaults().withFormat(RecordFormat.CSV)));

    assertThat(refusal.getMessage(), containsString("a message has no header line"));
  }

  @Test
  public void refusesSettingsThatLoseDataAllAtOnce() throws Exception {
    String config =
        file(
            "enable.auto.commit=true",
            "auto.offset.reset=latest",
            "group.id=g",
            "isolation.level=read_uncommitted",
            "max.poll.records=0",
            "acks=1",
            "enable.idempotence=false",
            "retries=0",
            "bootstrap.servers=other:9092",
            "transactional.id=t");

    String refusal = refusal(TOPIC + "?config=" + config);

    assertThat(
        refusal.lines().map(line -> line.replace(config + ": ", "")).toList(),
        equalTo(
            List.of(
                "acks: expected all, else a broker that dies loses records; got 1",
                "auto.offset.reset cannot be set there; say where to begin in the URI:"
                    + " start=earliest",
                "bootstrap.servers cannot be set there; give the servers in the URI:"
                    + " kafka://host:port/topic",
                "enable.auto.commit: expected false, since it commits what is not stored yet;"
                    + " got true",
                "enable.idempotence: expected true, else a retry writes a record twice; got false",
                "group.id cannot be set there; give the group in the URI: group=NAME",
                "isolation.level: expected read_committed, else aborted records are read; got"
                    + " read_uncommitted",
                "max.poll.records: expected 1 or more, else nothing is read; got 0",
                "retries: expected 1 or more, else an outage loses rows; got 0",
                "transactional.id cannot be set there; leave it out and give exactlyOnce=true in"
                    + " the URI")));
    assertThat(sinkRefusal(TOPIC + "?config=" + config), equalTo(refusal));
  }

  @Test
  public void refusesConfigThatIsNotThere() {
    assertThat(
        refusal(TOPIC + "?config=/nowhere/client.properties"),
        equalTo(
            "config: expected a file of Kafka client properties, got /nowhere/client.properties"
                + " (NoSuchFileException)"));
  }

  @Test
  public void saysWhichHostOrTopicIsNotThere() throws Exception {
    UnreachableException host =
        assertThrows(
            UnreachableException.class, () -> source("kafka://no-such-host.invalid:9092/topic"));
    assertThat(
        host.getMessage(),
        equalTo(
            "kafka://no-such-host.invalid:9092/topic: no such host: no-such-host.invalid"
                + " (unknown)"));

    UnreachableException topic =
        assertThrows(
            UnreachableException.class,
            () -> source("kafka://" + kafka.bootstrapServers() + "/nowhere"));
    assertThat(
        topic.getMessage(),
        equalTo(kafka.bootstrapServers() + " has no topic nowhere; create it first"));
  }

  @Test
  public void saysThatTlsOrTheLoginDoesNotFit() throws Exception {
    Topic topic = new Topic(kafka, 1);
    String tls = file("security.protocol=SSL");
    String login =
        file(
            "security.protocol=SASL_PLAINTEXT",
            "sasl.mechanism=PLAIN",
            "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"leat\" password=\"hunter2\";");

    assertThat(
        refused(topic, tls, Duration.ofSeconds(2)),
        equalTo(
            topic.uri()
                + ": the broker takes connections, but has not answered for 2s; does"
                + " security.protocol in "
                + tls
                + " fit that port?"));
    assertThat(
        refused(topic, login, Duration.ofMinutes(2)),
        equalTo(
            topic.uri()
                + ": the broker has no such login: Unexpected handshake request with client"
                + " mechanism PLAIN, enabled mechanisms are []; does security.protocol in "
                + login
                + " fit that port?"));
  }

  @Test
  public void resolvesSecretsOnlyWhereAClientIsMade() throws Exception {
    Topic topic = new Topic(kafka, 1);
    Path secret = folder.newFile("secret").toPath();
    Files.writeString(secret, "hunter2\n");
    String config = file("client.rack=${file:" + secret + "}", "client.dns.lookup=use_all_dns_ips");

    Source.OfLog source = source(topic.uri() + "?config=" + config);
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Read", source.read(new Offsets()))
        .apply("Keep", ParDo.of(new Received("none")));
    // Not the pipeline's own bytes: there it stands compressed, and nothing would be found.
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(LiveReadTest.sourceOf(pipeline));
    }
    String graph = bytes.toString(ISO_8859_1) + DisplayData.from(source.read(new Offsets()));

    assertThat(graph, containsString(config));
    assertThat(
        graph,
        allOf(
            not(containsString("hunter2")),
            not(containsString("client.rack")),
            not(containsString("use_all_dns_ips"))));
    ClientSettings client = ((KafkaLog) source).settings().client();
    assertThat(
        client.<Map<String, Object>>consumer(Map.of(), settings -> settings),
        hasEntry("client.rack", "hunter2"));
  }

  @Test
  public void namesNoSecretThatKafkaQuotes() throws Exception {
    Path secret = folder.newFile("secret").toPath();
    Files.writeString(secret, "hunter2");
    String config = file("security.protocol=${file:" + secret + "}");
    ClientSettings client = new ClientSettings(new TopicAddress("localhost:1", "topic"), config);

    UnreachableException failure =
        assertThrows(
            UnreachableException.class,
            () -> client.consumer(Map.of(), c -> new KafkaConsumer<byte[], byte[]>(c)));

    assertThat(
        failure.getMessage(),
        equalTo(
            "kafka://localhost:1/topic: cannot make a Kafka client: ConfigException about a setting"
                + " that holds a secret"));
    assertThat(failure.getCause(), equalTo(null));
  }

  @Test
  public void namesNoSecretThatKafkaQuotesAsAPartOfASetting() throws Exception {
    Path secret = folder.newFile("secret").toPath();
    Files.writeString(secret, "hunter2 with=\"quotes\"");
    String config =
        file(
            "security.protocol=SASL_PLAINTEXT",
            "sasl.mechanism=PLAIN",
            "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule"
                + " ${file:"
                + secret
                + "};");
    ClientSettings client = new ClientSettings(new TopicAddress("localhost:1", "topic"), config);

    UnreachableException failure =
        assertThrows(
            UnreachableException.class,
            () -> client.consumer(Map.of(), c -> new KafkaConsumer<byte[], byte[]>(c)));

    assertThat(
        failure.getMessage(),
        equalTo(
            "kafka://localhost:1/topic: cannot make a Kafka client: IllegalArgumentException about"
                + " a setting that holds a secret"));
  }

  private String file(String... lines) throws IOException {
    Path file = folder.newFile().toPath();
    Files.writeString(file, String.join("\n", lines));
    return file.toString();
  }

  private static Source.OfLog source(String uri) {
    return (Source.OfLog)
        Connectors.load().source(ConnectorUri.parse(uri), SourceRequest.defaults());
  }

  private static String refusal(String uri) {
    return assertThrows(UsageException.class, () -> source(uri)).getMessage();
  }

  private String refused(Topic topic, String config, Duration patience) {
    ClientSettings client =
        new ClientSettings(new TopicAddress(kafka.bootstrapServers(), topic.name), config);
    return assertThrows(
            UnreachableException.class,
            () -> TopicLog.describe(client, Duration.ofMinutes(2), patience))
        .getMessage();
  }

  private static String sinkRefusal(String uri) {
    SinkRequest request =
        SinkRequest.of("run-1", Schema.builder().build(), Optional.empty(), Map.of());
    return assertThrows(
            UsageException.class, () -> Connectors.load().sink(ConnectorUri.parse(uri), request))
        .getMessage();
  }
}
