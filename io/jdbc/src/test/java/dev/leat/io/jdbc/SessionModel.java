package dev.leat.io.jdbc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.values.Row;

/** The events of one group, and the rows that sessions of them have been. */
final class SessionModel {
  private static final long GAP = 10_000;

  private record Window(long start, long end, long events) {}

  private final String page;
  private final Random random;
  private final List<Long> times = new ArrayList<>();

  SessionModel(String page, Random random) {
    this.page = page;
    this.random = random;
    for (int i = 10 + random.nextInt(30); i > 0; i--) {
      times.add(1000L * random.nextInt(250));
    }
  }

  int events() {
    return times.size();
  }

  /** The rows while so many of the events came, in any order. */
  List<Row> pastOf(int events) {
    List<Long> arrived = new ArrayList<>(times);
    Collections.shuffle(arrived, random);
    List<Row> rows = new ArrayList<>();
    List<Window> windows = new ArrayList<>();
    for (long time : arrived.subList(0, events)) {
      Window merged = add(windows, time);
      rows.add(JdbcFixture.session(page, merged.start(), merged.end(), merged.events()));
    }
    return rows;
  }

  /** The sessions of all events: page, seconds of start and end, events. */
  List<String> last() {
    List<Window> windows = new ArrayList<>();
    times.forEach(time -> add(windows, time));
    return windows.stream()
        .map(w -> page + " " + w.start() / 1000 + " " + w.end() / 1000 + " " + w.events())
        .toList();
  }

  private static Window add(List<Window> windows, long time) {
    Window merged = new Window(time, time + GAP, 1);
    for (boolean grown = true; grown; ) {
      Window now = merged;
      List<Window> touched =
          windows.stream().filter(w -> w.start() < now.end() && now.start() < w.end()).toList();
      windows.removeAll(touched);
      for (Window w : touched) {
        merged =
            new Window(
                Math.min(merged.start(), w.start()),
                Math.max(merged.end(), w.end()),
                merged.events() + w.events());
      }
      grown = !touched.isEmpty();
    }
    windows.add(merged);
    return merged;
  }
}
