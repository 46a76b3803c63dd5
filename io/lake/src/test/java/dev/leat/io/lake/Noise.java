package dev.leat.io.lake;

import dev.leat.event.Payload;
import java.util.Random;

/** Bytes that do not compress. */
final class Noise {
  private Noise() {}

  static Payload payload(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return Payload.takingOver(bytes);
  }
}
