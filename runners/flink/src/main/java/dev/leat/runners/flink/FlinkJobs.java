package dev.leat.runners.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The jobs of a Flink cluster, seen and stopped through its REST server. For a cluster elsewhere:
 * the embedded one has no life beyond its process.
 *
 * <p>Every method throws {@link FlinkUnreachableException} if the cluster does not answer within 30
 * s, and {@link FlinkClusterException} if it refuses. None tries again.
 */
public final class FlinkJobs {
  private static final Duration FIRST_POLL = Duration.ofMillis(100);
  private static final Duration LAST_POLL = Duration.ofSeconds(1);

  private final FlinkRest rest;

  private FlinkJobs(FlinkRest rest) {
    this.rest = rest;
  }

  /**
   * @param master the cluster's REST address, {@code host:port}; the port is 8081 if there is none
   * @throws IllegalArgumentException if it is no such address
   */
  public static FlinkJobs at(String master) {
    return new FlinkJobs(FlinkRest.at(master));
  }

  /**
   * All that the cluster remembers, running or over, the newest first. What it tells is some
   * seconds old: it answers from a cache, for 3 s by default.
   */
  public List<FlinkJob> list() {
    List<FlinkJob> jobs = new ArrayList<>();
    for (JsonNode job : rest.get("/jobs/overview").path("jobs")) {
      jobs.add(job(job));
    }
    jobs.sort(Comparator.comparing(FlinkJob::started).reversed());
    return List.copyOf(jobs);
  }

  /** Those of that name, running or over, the newest first. */
  public List<FlinkJob> named(String name) {
    return list().stream().filter(job -> job.name().equals(name)).toList();
  }

  /**
   * Flink's word for how a job is: {@code RUNNING}, {@code RESTARTING}, {@code FINISHED}, ….
   *
   * @throws FlinkClusterException if the cluster knows no such job
   */
  public String state(String id) {
    return known(id, rest.get(place(id) + "/status")).path("status").asText();
  }

  /**
   * Stops a job so that another can go on exactly where it stopped, without repeating anything.
   * Windows that are open stay open, for the next run. Returns when the job is over.
   *
   * <p>If it fails the job is not stopped.
   *
   * @param directory of the savepoint, a URI that all machines of the cluster can write; the
   *     cluster's {@code state.savepoints.dir} if empty
   * @param timeout of it all; a savepoint that takes longer may still be made afterwards
   * @return the savepoint, for {@code --savepointPath}
   * @throws FlinkClusterException if the cluster knows no such job, or no directory, or could not
   *     make the savepoint within the timeout
   */
  public URI stopWithSavepoint(String id, Optional<URI> directory, Duration timeout) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    // Draining would close all windows early, as if the stream had ended.
    request.put("drain", false);
    directory.ifPresent(dir -> request.put("targetDirectory", dir.toString()));
    Instant deadline = Instant.now().plus(timeout);
    JsonNode trigger = trigger(id, request);
    String savepoint =
        place(id) + "/savepoints/" + hexadecimal(trigger.path("request-id").asText());
    JsonNode done =
        await(
            () ->
                Optional.of(known(id, rest.get(savepoint)))
                    .filter(answer -> answer.at("/status/id").asText().equals("COMPLETED")),
            deadline,
            () -> "No savepoint after %s; it may still be made".formatted(text(timeout)));
    JsonNode failure = done.at("/operation/failure-cause");
    if (!failure.isMissingNode()) {
      throw new FlinkClusterException(
          "The job was not stopped: " + FlinkRest.sentence(failure.path("stack-trace").asText()));
    }
    awaitEnd(id, deadline, timeout);
    return URI.create(done.at("/operation/location").asText());
  }

  /**
   * Ends a job now, and returns when it is over. Its last checkpoint stays if the job said so, as
   * live runs do: what was done since then is done again by a job that goes on from it.
   *
   * @return the last checkpoint or savepoint, for {@code --savepointPath}; empty if none is left
   * @throws FlinkClusterException if the cluster knows no such job, or it is not over in time
   */
  public Optional<URI> cancel(String id, Duration timeout) {
    Instant deadline = Instant.now().plus(timeout);
    known(id, rest.patch(place(id) + "?mode=cancel"));
    awaitEnd(id, deadline, timeout);
    // Until the cluster's cache has forgotten it, an older checkpoint may be told, which is gone.
    sleep(Duration.ofMillis(rest.get("/config").path("refresh-interval").asLong() + 100));
    return lastCheckpoint(id, true).map(FlinkJob.Checkpoint::path);
  }

  private JsonNode trigger(String id, JsonNode request) {
    try {
      return known(id, rest.post(place(id) + "/stop", request));
    } catch (FlinkClusterException e) {
      if (String.valueOf(e.getMessage()).contains("state.savepoints.dir")) {
        throw new FlinkClusterException(
            "savepointDirectory: expected a folder that all machines of the cluster see, such as"
                + " s3://bucket/savepoints, for a cluster without state.savepoints.dir, got none");
      }
      throw e;
    }
  }

  private void awaitEnd(String id, Instant deadline, Duration timeout) {
    await(
        () -> Optional.of(state(id)).filter(FlinkJob::isOver),
        deadline,
        () -> "The job is still %s after %s".formatted(state(id), text(timeout)));
  }

  private FlinkJob job(JsonNode job) {
    String id = hexadecimal(job.path("jid").asText());
    return new FlinkJob(
        id,
        job.path("name").asText(),
        job.path("state").asText(),
        Instant.ofEpochMilli(job.path("start-time").asLong()),
        restarts(id),
        lastCheckpoint(id, FlinkJob.isOver(job.path("state").asText())));
  }

  private OptionalLong restarts(String id) {
    for (JsonNode metric : rest.get(place(id) + "/metrics?get=numRestarts")) {
      if (metric.path("id").asText().equals("numRestarts")) {
        return OptionalLong.of(metric.path("value").asLong());
      }
    }
    return OptionalLong.empty();
  }

  /** One that a running job has discarded has a successor, that the cache does not know yet. */
  private Optional<FlinkJob.Checkpoint> lastCheckpoint(String id, boolean over) {
    JsonNode latest = rest.get(place(id) + "/checkpoints").path("latest");
    return List.of(latest.path("completed"), latest.path("savepoint")).stream()
        // Without a folder for checkpoints, the place is said in words.
        .filter(checkpoint -> checkpoint.path("external_path").asText().contains(":/"))
        .filter(checkpoint -> !over || !checkpoint.path("discarded").asBoolean())
        .max(Comparator.comparingLong(checkpoint -> checkpoint.path("id").asLong()))
        .map(
            checkpoint ->
                new FlinkJob.Checkpoint(
                    URI.create(checkpoint.path("external_path").asText()),
                    Instant.ofEpochMilli(checkpoint.path("trigger_timestamp").asLong())));
  }

  private JsonNode known(String id, JsonNode answer) {
    if (answer.isMissingNode()) {
      throw new FlinkClusterException("The cluster at " + rest.master() + " knows no job " + id);
    }
    return answer;
  }

  private static <T> T await(
      Supplier<Optional<T>> attempt, Instant deadline, Supplier<String> tooLate) {
    Duration pause = FIRST_POLL;
    while (true) {
      Optional<T> result = attempt.get();
      if (result.isPresent()) {
        return result.get();
      }
      if (Instant.now().isAfter(deadline)) {
        throw new FlinkClusterException(tooLate.get());
      }
      sleep(pause);
      pause = pause.multipliedBy(2).compareTo(LAST_POLL) < 0 ? pause.multipliedBy(2) : LAST_POLL;
    }
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FlinkClusterException("Interrupted while waiting for the cluster");
    }
  }

  private static String text(Duration timeout) {
    return timeout.toSeconds() + " s";
  }

  private static String place(String id) {
    return "/jobs/" + hexadecimal(id);
  }

  /** Ids become a part of the path. */
  private static String hexadecimal(String id) {
    if (!id.matches("[0-9a-f]{32}")) {
      throw new FlinkClusterException(
          "expected a job's id of 32 hexadecimal digits, got '" + id + "'");
    }
    return id;
  }
}
