package dev.leat.quality;

import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.field.PayloadReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * Rules of quality over a result that is made in parts: each part is counted where it is made, and
 * all are judged together when the last is there. The verdict is that of {@link CheckQuality} on
 * the whole, whatever the parts, if no event is in two of them.
 */
public final class Audit {
  private Audit() {}

  /**
   * Counts a part: one text of ASCII characters, in any run the same, that {@link #problems} reads.
   * It is some bytes for each rule, and for a rule about volume some for each window.
   *
   * @param rows the part's rows
   */
  public static PTransform<PCollection<EventBlock>, PCollection<String>> counting(
      List<QualityRule> rules, PayloadReader reader, PCollection<RowBlock> rows) {
    return new PTransform<>() {
      @Override
      public PCollection<String> expand(PCollection<EventBlock> blocks) {
        return CheckQuality.tally(blocks, rules, reader, rows)
            .apply("As text", ParDo.of(new ToText()))
            .setCoder(StringUtf8Coder.of());
      }
    };
  }

  /**
   * Judges all parts as one.
   *
   * @param completeUntil the time until which all events are there; absent for that of the last
   * @param counts a text for each part
   * @return each broken rule with its numbers, in the order of the rules
   */
  public static List<String> problems(
      List<QualityRule> rules, Optional<Instant> completeUntil, List<String> counts) {
    Tally whole = Tally.sum(counts.stream().map(Audit::tally).toList());
    return new Judge(rules, completeUntil).problems(whole);
  }

  /** How many events a part has, of those that rows are made of. */
  public static long eventsOf(String counts) {
    return tally(counts).events();
  }

  /** How many rows a part has. */
  public static long rowsOf(String counts) {
    return tally(counts).rows();
  }

  static String text(Tally tally) {
    ByteWriter out = new ByteWriter();
    Tally.TallyCoder.of().write(tally, out);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      out.writeTo(deflater);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(packed.toByteArray());
  }

  private static Tally tally(String text) {
    byte[] packed = Base64.getUrlDecoder().decode(text);
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      return Tally.TallyCoder.of().read(new ByteReader(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException("The counts of a part are damaged", e);
    }
  }

  private static final class ToText extends DoFn<Tally, String> {
    @ProcessElement
    public void process(@Element Tally tally, OutputReceiver<String> out) {
      out.output(text(tally));
    }
  }
}
