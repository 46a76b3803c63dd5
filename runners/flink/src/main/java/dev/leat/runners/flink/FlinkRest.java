package dev.leat.runners.flink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** JSON over HTTP with a cluster's REST server, one request at a time, none without an end. */
final class FlinkRest {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int DEFAULT_PORT = 8081;
  private static final int NOT_FOUND = 404;

  /** As Beam reads it: a scheme is allowed, and does not count. */
  private static final Pattern MASTER =
      Pattern.compile("(?:http://)?([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String master;
  private final URI base;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  private FlinkRest(String master, URI base) {
    this.master = master;
    this.base = base;
  }

  /**
   * @throws IllegalArgumentException if this is no {@code host:port}
   */
  static FlinkRest at(String master) {
    Matcher parts = MASTER.matcher(master.trim());
    int port = DEFAULT_PORT;
    if (parts.matches() && parts.group(2) != null) {
      port = Integer.parseInt(parts.group(2));
    }
    if (!parts.matches() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "flinkMaster: expected host:port of a Flink cluster, got " + master);
    }
    String address = parts.group(1) + ":" + port;
    return new FlinkRest(address, URI.create("http://" + address));
  }

  String master() {
    return master;
  }

  /** A missing node if the cluster does not know the place. */
  JsonNode get(String path) {
    return send("GET", path, null);
  }

  /** A missing node if the cluster does not know the place. */
  JsonNode post(String path, JsonNode body) {
    return send("POST", path, body);
  }

  /** A missing node if the cluster does not know the place. */
  JsonNode patch(String path) {
    return send("PATCH", path, null);
  }

  private JsonNode send(String method, String path, @Nullable JsonNode body) {
    BodyPublisher content =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString());
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(ANSWER)
            .header("Content-Type", "application/json")
            .method(method, content)
            .build();
    HttpResponse<String> response;
    try {
      response = client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new FlinkUnreachableException("No Flink cluster answers at " + master, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FlinkUnreachableException("Interrupted while asking the cluster at " + master, e);
    }
    return answer(response);
  }

  private JsonNode answer(HttpResponse<String> response) {
    JsonNode answer;
    try {
      answer = JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw noCluster(e);
    }
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      return answer;
    }
    JsonNode errors = answer.path("errors");
    if (!errors.isArray()) {
      throw noCluster(new IOException("HTTP status " + status));
    }
    String failure = errors.path(errors.size() - 1).asText();
    if (status == NOT_FOUND && failure.startsWith("Not found: ")) {
      throw noCluster(new IOException(failure));
    }
    if (status == NOT_FOUND || failure.contains("FlinkJobNotFoundException")) {
      return MissingNode.getInstance();
    }
    throw new FlinkClusterException(sentence(failure));
  }

  private FlinkUnreachableException noCluster(Exception cause) {
    return new FlinkUnreachableException(
        "What answers at " + master + " is no Flink cluster", cause);
  }

  /** What a stack trace ends in: its last cause, without the name of the exception. */
  static String sentence(String stackTrace) {
    String found = "";
    for (String line : stackTrace.lines().toList()) {
      if (line.startsWith("Caused by: ")) {
        found = line.substring("Caused by: ".length());
      } else if (found.isEmpty() && !line.startsWith("<Exception on server side")) {
        found = line;
      }
    }
    String message = found.replaceFirst("^(?:[a-zA-Z_$][\\w$]*\\.)+[\\w$]+(?:: |$)", "");
    return message.isBlank() ? found : message;
  }
}
