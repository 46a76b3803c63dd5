package dev.leat.testing.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.event.Json;

/** Records that no JSON event can be read from; each is one line. */
public enum Poison {
  /** A record that was cut off while it was written. */
  TRUNCATED("{\"id\":\"poison\",\"time\":\"2026-01-01T00:0"),
  /** Something else altogether. */
  NOT_JSON("GET /health HTTP/1.1"),
  /** JSON but for its text, which is Latin-1. */
  NOT_UTF8("{\"id\":\"poison\",\"page\":\"M", 0xFC, "hle\"}"),
  /** Nested deeper than {@value Json#MAX_DEPTH} levels. */
  TOO_DEEP("[".repeat(Json.MAX_DEPTH + 1) + "]".repeat(Json.MAX_DEPTH + 1)),
  /** An object that has none of the fields an event needs. */
  NO_FIELDS("{}"),
  /** JSON, but no object. */
  NO_OBJECT("17"),
  /** Two records where the line end between them was lost. */
  TWO_IN_ONE("{\"id\":\"poison\"}{\"id\":\"poison\"}");

  private final byte[] bytes;

  Poison(String text) {
    this.bytes = text.getBytes(UTF_8);
  }

  Poison(String before, int between, String after) {
    this.bytes = (before + "?" + after).getBytes(UTF_8);
    this.bytes[before.length()] = (byte) between;
  }

  /** The record. */
  public byte[] bytes() {
    return bytes.clone();
  }
}
