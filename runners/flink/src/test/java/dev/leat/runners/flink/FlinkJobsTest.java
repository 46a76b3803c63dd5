package dev.leat.runners.flink;

import static dev.leat.runners.flink.FakeCluster.JOB;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.Rule;
import org.junit.Test;

public class FlinkJobsTest {
  private static final String OLDER = "00000000000000000000000000000001";
  private static final String TRIGGER = "ffffffffffffffffffffffffffffffff";
  private static final String STATUS = "GET /jobs/" + JOB + "/status";
  private static final String STOP = "POST /jobs/" + JOB + "/stop";
  private static final String SAVEPOINT = "GET /jobs/" + JOB + "/savepoints/" + TRIGGER;
  private static final Duration LONG = Duration.ofMinutes(2);

  @Rule public final FakeCluster cluster = new FakeCluster();

  @Test
  public void listsJobsNewestFirst() {
    cluster
        .answers(
            "GET /jobs/overview",
            overview(job(OLDER, "a", "CANCELED", 1_000), job(JOB, "b", "RUNNING", 2_000)))
        .answers("GET /jobs/" + OLDER + "/metrics?get=numRestarts", "[]")
        .answers("GET /jobs/" + JOB + "/metrics?get=numRestarts", metric(3))
        .fails(
            "GET /jobs/" + OLDER + "/checkpoints",
            404,
            "org.apache.flink.runtime.rest.handler.RestHandlerException: Checkpointing has not been"
                + " enabled.\n\tat x.Y.z(Y.java:1)")
        .answers(
            "GET /jobs/" + JOB + "/checkpoints",
            latest(checkpoint("completed", 7, "file:/checkpoints/chk-7", 1_500)));

    List<FlinkJob> jobs = jobs().list();

    assertThat(
        jobs,
        contains(
            new FlinkJob(
                JOB,
                "b",
                "RUNNING",
                Instant.ofEpochMilli(2_000),
                OptionalLong.of(3),
                Optional.of(
                    new FlinkJob.Checkpoint(
                        URI.create("file:/checkpoints/chk-7"), Instant.ofEpochMilli(1_500)))),
            new FlinkJob(
                OLDER,
                "a",
                "CANCELED",
                Instant.ofEpochMilli(1_000),
                OptionalLong.empty(),
                Optional.empty())));
    assertThat(jobs.get(0).isOver(), is(false));
    assertThat(jobs.get(1).isOver(), is(true));
  }

  @Test
  public void findsJobsByTheirWholeName() {
    cluster
        .answers(
            "GET /jobs/overview",
            overview(job(OLDER, "hourly-2", "RUNNING", 1), job(JOB, "hourly", "FAILED", 2)))
        .answers("GET /jobs/" + OLDER + "/metrics?get=numRestarts", "[]")
        .answers("GET /jobs/" + JOB + "/metrics?get=numRestarts", "[]")
        .answers("GET /jobs/" + OLDER + "/checkpoints", latest())
        .answers("GET /jobs/" + JOB + "/checkpoints", latest());

    assertThat(jobs().named("hourly").stream().map(FlinkJob::id).toList(), contains(JOB));
    assertThat(jobs().named("daily"), is(empty()));
  }

  @Test
  public void goesOnFromTheSavepointThatIsNewerThanTheLastCheckpoint() {
    oneJobWith(
        latest(
            checkpoint("completed", 7, "file:/checkpoints/chk-7", 1_500),
            checkpoint("savepoint", 8, "file:/savepoints/savepoint-0123", 1_600)));

    assertThat(
        jobs().list().get(0).lastCheckpoint().map(FlinkJob.Checkpoint::path),
        is(Optional.of(URI.create("file:/savepoints/savepoint-0123"))));
  }

  @Test
  public void doesNotTellOfCheckpointsThatNothingCanGoOnFrom() {
    oneJobWith(latest(checkpoint("completed", 7, "<checkpoint-not-externally-addressable>", 1)));

    assertThat(jobs().list().get(0).lastCheckpoint(), is(Optional.empty()));
  }

  @Test
  public void doesNotTellOfCheckpointsThatWentWithTheirJob() {
    String discarded =
        latest(checkpoint("completed", 7, "file:/checkpoints/chk-7", 1))
            .replace("\"discarded\":false", "\"discarded\":true");
    cluster
        .answers(
            "GET /jobs/overview",
            overview(job(JOB, "a", "RUNNING", 2), job(OLDER, "a", "FINISHED", 1)))
        .answers("GET /jobs/" + JOB + "/metrics?get=numRestarts", "[]")
        .answers("GET /jobs/" + OLDER + "/metrics?get=numRestarts", "[]")
        .answers("GET /jobs/" + JOB + "/checkpoints", discarded)
        .answers("GET /jobs/" + OLDER + "/checkpoints", discarded);

    List<FlinkJob> jobs = jobs().list();

    assertThat(jobs.get(0).lastCheckpoint().isPresent(), is(true));
    assertThat(jobs.get(1).lastCheckpoint().isPresent(), is(false));
  }

  @Test
  public void stopsWithoutDrainingAndWaitsForTheEnd() {
    cluster
        .answers(STOP, 202, "{\"request-id\":\"" + TRIGGER + "\"}")
        .answers(SAVEPOINT, "{\"status\":{\"id\":\"IN_PROGRESS\"},\"operation\":null}")
        .answers(SAVEPOINT, completed("{\"location\":\"file:/savepoints/savepoint-0123\"}"))
        .answers(STATUS, "{\"status\":\"RUNNING\"}")
        .answers(STATUS, "{\"status\":\"FINISHED\"}");

    URI savepoint =
        jobs().stopWithSavepoint(JOB, Optional.of(URI.create("file:///savepoints")), LONG);

    assertThat(savepoint, is(URI.create("file:/savepoints/savepoint-0123")));
    assertThat(
        cluster.requests(),
        contains(
            STOP + " {\"drain\":false,\"targetDirectory\":\"file:///savepoints\"}",
            SAVEPOINT,
            SAVEPOINT,
            STATUS,
            STATUS));
  }

  @Test
  public void leavesTheDirectoryToTheCluster() {
    cluster
        .answers(STOP, 202, "{\"request-id\":\"" + TRIGGER + "\"}")
        .answers(SAVEPOINT, completed("{\"location\":\"file:/savepoints/savepoint-0123\"}"))
        .answers(STATUS, "{\"status\":\"FINISHED\"}");

    jobs().stopWithSavepoint(JOB, Optional.empty(), LONG);

    assertThat(cluster.requests(), hasItem(STOP + " {\"drain\":false}"));
  }

  @Test
  public void saysWhyThereIsNoSavepoint() {
    cluster
        .answers(STOP, 202, "{\"request-id\":\"" + TRIGGER + "\"}")
        .answers(
            SAVEPOINT,
            completed(
                "{\"failure-cause\":{\"class\":\"java.util.concurrent.CompletionException\","
                    + "\"stack-trace\":\"java.util.concurrent.CompletionException: outer\\n\\tat x"
                    + "\\nCaused by: java.io.IOException: No space left on device\\n\\t... 5 more"
                    + "\\n\"}}"));

    FlinkClusterException refused =
        assertThrows(
            FlinkClusterException.class,
            () -> jobs().stopWithSavepoint(JOB, Optional.empty(), LONG));

    assertThat(refused.getMessage(), is("The job was not stopped: No space left on device"));
  }

  @Test
  public void asksForADirectoryThatTheClusterHasNot() {
    cluster.fails(
        STOP,
        400,
        "org.apache.flink.runtime.rest.handler.RestHandlerException: Config key"
            + " [state.savepoints.dir] is not set. Property [targetDirectory] must be provided."
            + "\n\tat x");

    FlinkClusterException refused =
        assertThrows(
            FlinkClusterException.class,
            () -> jobs().stopWithSavepoint(JOB, Optional.empty(), LONG));

    assertThat(
        refused.getMessage(),
        is(
            "savepointDirectory: expected a folder that all machines of the cluster see, such as"
                + " s3://bucket/savepoints, for a cluster without state.savepoints.dir, got none"));
  }

  @Test
  public void givesUpOnASavepointThatTakesTooLong() {
    cluster
        .answers(STOP, 202, "{\"request-id\":\"" + TRIGGER + "\"}")
        .answers(SAVEPOINT, "{\"status\":{\"id\":\"IN_PROGRESS\"},\"operation\":null}");

    FlinkClusterException tooLate =
        assertThrows(
            FlinkClusterException.class,
            () -> jobs().stopWithSavepoint(JOB, Optional.empty(), Duration.ofSeconds(1)));

    assertThat(tooLate.getMessage(), is("No savepoint after 1 s; it may still be made"));
  }

  @Test
  public void cancelsAndWaitsForTheEnd() {
    cluster
        .answers("PATCH /jobs/" + JOB + "?mode=cancel", 202, "{}")
        .answers(STATUS, "{\"status\":\"CANCELLING\"}")
        .answers(STATUS, "{\"status\":\"CANCELED\"}")
        .answers("GET /config", "{\"refresh-interval\":1,\"flink-version\":\"1.19.3\"}")
        .answers(
            "GET /jobs/" + JOB + "/checkpoints",
            latest(checkpoint("completed", 8, "file:/checkpoints/chk-8", 1)));

    assertThat(jobs().cancel(JOB, LONG), is(Optional.of(URI.create("file:/checkpoints/chk-8"))));

    assertThat(
        cluster.requests(),
        contains(
            "PATCH /jobs/" + JOB + "?mode=cancel",
            STATUS,
            STATUS,
            "GET /config",
            "GET /jobs/" + JOB + "/checkpoints"));
  }

  @Test
  public void saysWhyAJobIsNotCanceled() {
    cluster.fails(
        "PATCH /jobs/" + JOB + "?mode=cancel",
        404,
        "org.apache.flink.runtime.rest.handler.RestHandlerException: Job could not be found."
            + "\n\tat x");

    FlinkClusterException refused =
        assertThrows(FlinkClusterException.class, () -> jobs().cancel(JOB, LONG));

    assertThat(
        refused.getMessage(), is("The cluster at " + cluster.master() + " knows no job " + JOB));
  }

  @Test
  public void tellsTheStateOfAJobThatThereIs() {
    cluster
        .answers(STATUS, "{\"status\":\"RESTARTING\"}")
        .fails(
            STATUS,
            500,
            "<Exception on server side:\norg.apache.flink.runtime.messages"
                + ".FlinkJobNotFoundException: Could not find Flink job (0123)\n\tat x");

    assertThat(jobs().state(JOB), is("RESTARTING"));
    FlinkClusterException unknown =
        assertThrows(FlinkClusterException.class, () -> jobs().state(JOB));
    assertThat(
        unknown.getMessage(), is("The cluster at " + cluster.master() + " knows no job " + JOB));
  }

  @Test
  public void putsNothingButIdsIntoPaths() {
    FlinkClusterException refused =
        assertThrows(FlinkClusterException.class, () -> jobs().state("../../overview?x="));

    assertThat(
        refused.getMessage(),
        is("expected a job's id of 32 hexadecimal digits, got '../../overview?x='"));
    assertThat(cluster.requests(), is(empty()));
  }

  @Test
  public void passesOnWhatTheClusterSays() {
    cluster.fails(
        "GET /jobs/overview",
        503,
        "<Exception on server side:\njava.util.concurrent.CompletionException: x\n\tat y\nCaused"
            + " by: org.apache.flink.util.FlinkException: The leader is away\n\t... 1 more");

    FlinkClusterException refused = assertThrows(FlinkClusterException.class, () -> jobs().list());

    assertThat(refused.getMessage(), is("The leader is away"));
  }

  @Test
  public void knowsWhatIsNoFlinkCluster() {
    cluster.answers("GET /jobs/overview", "<html>Welcome</html>");
    FlinkUnreachableException noJson =
        assertThrows(FlinkUnreachableException.class, () -> jobs().list());
    FlinkUnreachableException otherServer =
        assertThrows(FlinkUnreachableException.class, () -> jobs().state(JOB));

    String said = "What answers at " + cluster.master() + " is no Flink cluster";
    assertThat(noJson.getMessage(), is(said));
    assertThat(otherServer.getMessage(), is(said));
  }

  @Test
  public void saysThatNobodyAnswers() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread hangUp = new Thread(() -> hangUp(server));
      hangUp.start();
      String master = "127.0.0.1:" + server.getLocalPort();

      FlinkUnreachableException gone =
          assertThrows(FlinkUnreachableException.class, () -> FlinkJobs.at(master).list());

      assertThat(gone.getMessage(), is("No Flink cluster answers at " + master));
      server.close();
      hangUp.join();
    }
  }

  @Test
  public void refusesWhatIsNoAddress() {
    for (String master : List.of("[local]", "", "host:port", "host:0", "host:65536", "a/b:8081")) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> FlinkJobs.at(master));
      assertThat(
          refused.getMessage(),
          is("flinkMaster: expected host:port of a Flink cluster, got " + master));
    }
    FlinkJobs.at("flink.example");
    FlinkJobs.at("http://flink.example:8081");
    FlinkJobs.at("[::1]:8081");
  }

  private FlinkJobs jobs() {
    return FlinkJobs.at(cluster.master());
  }

  private void oneJobWith(String checkpoints) {
    cluster
        .answers("GET /jobs/overview", overview(job(JOB, "a", "RUNNING", 1)))
        .answers("GET /jobs/" + JOB + "/metrics?get=numRestarts", metric(0))
        .answers("GET /jobs/" + JOB + "/checkpoints", checkpoints);
  }

  private static void hangUp(ServerSocket server) {
    try {
      while (true) {
        server.accept().close();
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private static String overview(String... jobs) {
    return "{\"jobs\":[" + String.join(",", jobs) + "]}";
  }

  private static String job(String id, String name, String state, long start) {
    return "{\"jid\":\"%s\",\"name\":\"%s\",\"state\":\"%s\",\"start-time\":%d}"
        .formatted(id, name, state, start);
  }

  private static String metric(long restarts) {
    return "[{\"id\":\"numRestarts\",\"value\":\"" + restarts + "\"}]";
  }

  private static String latest(String... checkpoints) {
    return "{\"latest\":{" + String.join(",", checkpoints) + "}}";
  }

  private static String checkpoint(String kind, int id, String path, long time) {
    return "\"%s\":{\"id\":%d,\"external_path\":\"%s\",\"trigger_timestamp\":%d,\"discarded\":false}"
        .formatted(kind, id, path, time);
  }

  private static String completed(String operation) {
    return "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":" + operation + "}";
  }
}
