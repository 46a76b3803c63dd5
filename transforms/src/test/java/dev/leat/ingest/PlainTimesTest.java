package dev.leat.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dev.leat.Seeds;
import dev.leat.event.Json;
import dev.leat.field.FieldRef;
import dev.leat.field.PlainJson;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.Test;

public class PlainTimesTest {
  private static final FieldRef TIME = FieldRef.parse("/t");
  private static final List<TimeFormat> FORMATS =
      List.of(
          TimeFormat.iso(),
          TimeFormat.of("iso", ZoneId.of("Europe/Berlin")),
          TimeFormat.of("epoch_seconds", ZoneId.of("UTC")),
          TimeFormat.of("epoch_millis", ZoneId.of("UTC")),
          TimeFormat.of("epoch_micros", ZoneId.of("UTC")),
          TimeFormat.of("epoch_nanos", ZoneId.of("UTC")),
          TimeFormat.of("yyyy/MM/dd HH:mm", ZoneId.of("UTC")));

  private final PlainJson json = PlainJson.of(List.of(TIME));

  @Test
  public void readsWhatTheFormatReads() {
    int read = 0;
    int tries = Seeds.orElse(20) * 1000;
    for (int seed = 0; seed < tries; seed++) {
      Random random = new Random(seed);
      String value =
          random.nextInt(4) == 0 ? number(random) : '"' + damaged(iso(random), random) + '"';
      for (TimeFormat format : FORMATS) {
        read += isSame(format, value) ? 1 : 0;
      }
    }
    assertThat(read, greaterThan(tries / 4));
  }

  @Test
  public void readsTheUsualWays() {
    Instant time = Instant.parse("2001-01-14T21:55:07Z");
    for (String text :
        List.of(
            "\"2001-01-14T21:55:07Z\"",
            "\"2001-01-14 21:55:07Z\"",
            "\"2001-01-14T21:55:07\"",
            "\"2001-01-14T23:55:07+02:00\"",
            "\"2001-01-14T17:25:07-04:30\"",
            "\"2001-01-14T21:55:07.0Z\"")) {
      assertThat(text, plain(TimeFormat.iso(), text), is(time));
    }
    assertThat(
        plain(TimeFormat.iso(), "\"2001-01-14T21:55:07.123456789Z\""),
        is(time.plusNanos(123_456_789)));
    assertThat(plain(TimeFormat.iso(), "\"2001-02-29T21:55:07Z\""), is(nullValue()));
    assertThat(plain(FORMATS.get(1), "\"2001-01-14T21:55:07\""), is(nullValue()));
    assertThat(plain(FORMATS.get(2), "979509307"), is(time));
    assertThat(plain(FORMATS.get(3), "979509307123"), is(time.plusMillis(123)));
    assertThat(plain(FORMATS.get(5), "979509307000000123"), is(time.plusNanos(123)));
  }

  private boolean isSame(TimeFormat format, String value) {
    Instant read = plain(format, value);
    if (read == null) {
      return false;
    }
    assertThat(
        value + " as " + format,
        read,
        is(format.read(Json.parse("{\"t\":" + value + "}").at("/t"), TIME)));
    return true;
  }

  private Instant plain(TimeFormat format, String value) {
    byte[] document = ("{\"t\":" + value + "}").getBytes(UTF_8);
    return json.read(document, 0, document.length) ? format.readPlain(json, 0) : null;
  }

  private static String iso(Random random) {
    String[] ends = {
      "Z", "z", "", "+02:00", "-11:30", "+18:00", "+19:00", "+0200", "+02", "-00:00"
    };
    return String.format(
        Locale.ROOT,
        "%04d-%02d-%02d%s%02d:%02d:%02d%s%s",
        random.nextInt(20) == 0 ? random.nextInt(10_000) : 1900 + random.nextInt(200),
        random.nextInt(30) == 0 ? random.nextInt(20) : 1 + random.nextInt(12),
        random.nextInt(30) == 0 ? random.nextInt(40) : 1 + random.nextInt(31),
        random.nextInt(4) == 0 ? " " : "T",
        random.nextInt(25),
        random.nextInt(61),
        random.nextInt(61),
        random.nextBoolean() ? "" : "." + Math.abs(random.nextInt()),
        ends[random.nextInt(3) == 0 ? random.nextInt(ends.length) : 0]);
  }

  private static String damaged(String text, Random random) {
    if (random.nextInt(5) > 0) {
      return text;
    }
    int at = random.nextInt(text.length());
    return text.substring(0, at)
        + "0123456789TZ:+-. /".charAt(random.nextInt(18))
        + text.substring(at + random.nextInt(2));
  }

  private static String number(Random random) {
    return "" + (random.nextLong() >> random.nextInt(60));
  }
}
