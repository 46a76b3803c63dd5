package dev.leat.runners.flink;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.rules.ExternalResource;

/** A REST server that says what Flink 1.19.0 was seen to say. */
final class FakeCluster extends ExternalResource {
  static final String JOB = "0123456789abcdef0123456789abcdef";

  private final Map<String, Deque<Answer>> answers = new HashMap<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;

  @Override
  protected void before() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  @Override
  protected void after() {
    server.stop(0);
  }

  /** Its address, {@code host:port}. */
  String master() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** The last answer to a request stays the answer. */
  FakeCluster answers(String request, String json) {
    return answers(request, 200, json);
  }

  FakeCluster answers(String request, int status, String json) {
    synchronized (answers) {
      answers.computeIfAbsent(request, unused -> new ArrayDeque<>()).add(new Answer(status, json));
    }
    return this;
  }

  /** Answers with an exception as Flink does. */
  FakeCluster fails(String request, int status, String stackTrace) {
    String text = stackTrace.replace("\n", "\\n").replace("\t", "\\t");
    return answers(request, status, "{\"errors\":[\"Internal server error.\",\"" + text + "\"]}");
  }

  /** All so far, as {@code METHOD /path body}. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    requests.add((request + " " + body).trim());
    Answer answer = answer(request);
    byte[] bytes = answer.json().getBytes(UTF_8);
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private Answer answer(String request) {
    synchronized (answers) {
      Deque<Answer> left = answers.get(request);
      if (left == null) {
        return new Answer(404, "{\"errors\":[\"Not found: " + request + "\"]}");
      }
      return left.size() == 1 ? left.getFirst() : left.removeFirst();
    }
  }

  private record Answer(int status, String json) {}
}
