package dev.leat.pipelines.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/** Runs commands in this process, as a person types them. */
public final class LeatCommand {
  private static final ObjectMapper JSON = new ObjectMapper();

  private LeatCommand() {}

  /**
   * Runs one.
   *
   * @param arguments the words after {@code leat}, each as its {@code toString}
   */
  public static Ran leat(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] words = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    int code =
        Main.run(words, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    return new Ran(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** Runs one that prints rows: its output is all that came to the process' standard output. */
  public static Ran leatToStandardOutput(Object... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    System.setOut(new PrintStream(rows, true, UTF_8));
    try {
      Ran ran = leat(arguments);
      return new Ran(ran.code(), rows.toString(UTF_8) + ran.out(), ran.err());
    } finally {
      System.setOut(before);
    }
  }

  /** How a command ended, and what it said. */
  public record Ran(int code, String out, String err) {
    public List<String> lines() {
      return out.lines().toList();
    }

    /** Its output, which must be one JSON object on one line and nothing else. */
    public JsonNode json() {
      try {
        if (lines().size() != 1) {
          throw new AssertionError("expected one line, got:\n" + out + "\nand on error:\n" + err);
        }
        return JSON.readTree(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** A count of its JSON; 0 if it tells none of that name. */
    public long count(String name) {
      return json().path("counts").path(name).asLong();
    }
  }
}
