package dev.leat.pipelines.cli;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Against a server that says what a Flink cluster says. */
public class JobCommandTest {
  private static final String LIVE = "0123456789abcdef0123456789abcdef";
  private static final String OVER = "00000000000000000000000000000001";
  private static final String TWIN = "00000000000000000000000000000002";
  private static final String TRIGGER = "ffffffffffffffffffffffffffffffff";

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;
  private String master;

  @Before
  public void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    master = "--flinkMaster=127.0.0.1:" + server.getAddress().getPort();
    cluster(job(OVER, "hourly", "CANCELED", 1), job(LIVE, "hourly", "RUNNING", 2));
  }

  @After
  public void stopServer() {
    server.stop(0);
  }

  @Test
  public void listsWhatTheClusterKnows() {
    Ran ran = leat("job", "list", master);

    assertThat(ran.code(), is(0));
    assertThat(
        ran.lines().stream().map(line -> line.trim().replaceAll(" +", " ")).toList(),
        contains(
            "job name state started restarts last checkpoint goes on from",
            LIVE
                + " hourly RUNNING 1970-01-01T00:00:02Z 3 1970-01-01T00:00:09Z"
                + " file:/checkpoints/chk-7",
            OVER + " hourly CANCELED 1970-01-01T00:00:01Z"));
  }

  @Test
  public void listsAsJson() {
    assertThat(
        leat("job", "list", master, "--output=json").json().toString(),
        is(
            "{\"command\":\"job list\",\"jobs\":["
                + "{\"job\":\"0123456789abcdef0123456789abcdef\",\"name\":\"hourly\","
                + "\"state\":\"RUNNING\",\"started\":\"1970-01-01T00:00:02Z\",\"restarts\":3,"
                + "\"last_checkpoint_time\":\"1970-01-01T00:00:09Z\","
                + "\"last_checkpoint\":\"file:/checkpoints/chk-7\"},"
                + "{\"job\":\"00000000000000000000000000000001\",\"name\":\"hourly\","
                + "\"state\":\"CANCELED\",\"started\":\"1970-01-01T00:00:01Z\",\"restarts\":null,"
                + "\"last_checkpoint_time\":null,\"last_checkpoint\":null}]}"));
  }

  @Test
  public void stopsTheOneThatRunsAndSaysHowItGoesOn() {
    stopsWith("file:/savepoints/savepoint-1");

    Ran ran = leat("job", "stop", "hourly", master, "--savepointDirectory=file:///savepoints");

    assertThat(ran.code(), is(0));
    assertThat(
        ran.lines(),
        contains(
            "Stopped " + LIVE + ".",
            "It goes on, run again as before, with --savepointPath=file:/savepoints/savepoint-1"));
    assertThat(
        requests,
        hasItem(
            "POST /jobs/"
                + LIVE
                + "/stop {\"drain\":false,\"targetDirectory\":\"file:///savepoints\"}"));
  }

  @Test
  public void tellsTheSavepointAsJson() {
    stopsWith("file:/savepoints/savepoint-1");

    assertThat(
        leat("job", "stop", LIVE, master, "--output=json").json().toString(),
        is(
            "{\"command\":\"job stop\",\"job\":\""
                + LIVE
                + "\",\"savepoint\":\"file:/savepoints/savepoint-1\"}"));
  }

  @Test
  public void cancelsAndTellsTheLastCheckpoint() {
    answers.put("PATCH /jobs/" + LIVE + "?mode=cancel", "{}");
    answers.put("GET /jobs/" + LIVE + "/status", "{\"status\":\"CANCELED\"}");
    answers.put("GET /config", "{\"refresh-interval\":1}");

    Ran ran = leat("job", "cancel", LIVE, master);

    assertThat(ran.code(), is(0));
    assertThat(
        ran.lines(),
        contains(
            "Canceled " + LIVE + ".",
            "It goes on, run again as before, with --savepointPath=file:/checkpoints/chk-7"));
  }

  @Test
  public void refusesANameThatIsNotOfOneRunningJob() {
    cluster(
        job(OVER, "daily", "FAILED", 1),
        job(TWIN, "hourly", "RESTARTING", 2),
        job(LIVE, "hourly", "RUNNING", 3));

    said(
        2,
        "leat: JOB: expected the id or name of a job that runs, got 'daily'",
        leat("job", "stop", "daily", master));
    said(
        2,
        "leat: JOB: expected one job, got 'hourly', of which 2 run: " + LIVE + ", " + TWIN,
        leat("job", "cancel", "hourly", master));
    assertThat(
        requests.stream().filter(request -> !request.startsWith("GET")).toList(), is(empty()));
  }

  @Test
  public void refusesBadOptionsBeforeItAsks() {
    said(2, "leat: missing option --flinkMaster=HOST:PORT", leat("job", "list"));
    said(
        2,
        "leat: --flinkMaster: expected host:port of a Flink cluster, got [local]",
        leat("job", "list", "--flinkMaster=[local]"));
    said(
        2,
        "leat: --savepointDirectory: expected a URI such as s3://bucket/savepoints or"
            + " file:///mnt/savepoints, got '/mnt/savepoints'",
        leat("job", "stop", LIVE, master, "--savepointDirectory=/mnt/savepoints"));
    said(2, "leat: expected: job list, job stop JOB or job cancel JOB", leat("job"));
    assertThat(requests, is(empty()));
  }

  @Test
  public void endsWith4IfThereIsNoCluster() {
    answers.put("GET /jobs/overview", "<html>Welcome</html>");

    said(4, "leat: What answers at 127.0.0.1:", leat("job", "list", master));
  }

  @Test
  public void endsWith5IfTheClusterRefuses() {
    stopsWith("unused");
    answers.put(
        "GET /jobs/" + LIVE + "/savepoints/" + TRIGGER,
        "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":{\"failure-cause\":{\"stack-trace\":"
            + "\"java.io.IOException: No space left on device\\n\\tat x\"}}}");

    Ran ran = leat("job", "stop", LIVE, master);

    said(5, "leat: The job was not stopped: No space left on device", ran);
    assertThat(ran.err().contains("defect"), is(false));
  }

  @Test
  public void explainsItself() {
    assertThat(leat("job", "--help").out(), containsString("cancel"));
    assertThat(leat("job", "stop", "--help").out(), containsString("leat job stop leat-hourly"));
  }

  private static void said(int code, String beginning, Ran ran) {
    assertThat(ran.err(), startsWith(beginning));
    assertThat(ran.out(), is(""));
    assertThat(ran.code(), is(code));
  }

  private void stopsWith(String savepoint) {
    answers.put("POST /jobs/" + LIVE + "/stop", "{\"request-id\":\"" + TRIGGER + "\"}");
    answers.put(
        "GET /jobs/" + LIVE + "/savepoints/" + TRIGGER,
        "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":{\"location\":\"" + savepoint + "\"}}");
    answers.put("GET /jobs/" + LIVE + "/status", "{\"status\":\"FINISHED\"}");
  }

  private void cluster(String... jobs) {
    answers.put("GET /jobs/overview", "{\"jobs\":[" + String.join(",", jobs) + "]}");
    for (String id : List.of(OVER, TWIN, LIVE)) {
      answers.put("GET /jobs/" + id + "/metrics?get=numRestarts", "[]");
      answers.put("GET /jobs/" + id + "/checkpoints", "{\"latest\":{}}");
    }
    answers.put(
        "GET /jobs/" + LIVE + "/metrics?get=numRestarts",
        "[{\"id\":\"numRestarts\",\"value\":\"3\"}]");
    answers.put(
        "GET /jobs/" + LIVE + "/checkpoints",
        "{\"latest\":{\"completed\":{\"id\":7,\"external_path\":\"file:/checkpoints/chk-7\","
            + "\"trigger_timestamp\":9000,\"discarded\":false}}}");
  }

  private static String job(String id, String name, String state, int second) {
    return "{\"jid\":\"%s\",\"name\":\"%s\",\"state\":\"%s\",\"start-time\":%d}"
        .formatted(id, name, state, second * 1_000L);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    requests.add((request + " " + body).trim());
    String answer = answers.get(request);
    byte[] bytes = (answer == null ? "{\"errors\":[\"not found\"]}" : answer).getBytes(UTF_8);
    exchange.sendResponseHeaders(answer == null ? 404 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
