package dev.leat.io.spi;

import dev.leat.block.EventBlock;
import dev.leat.block.RecordBlock;
import dev.leat.prepare.EarlyReduction;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/** Where records or events come from. */
public interface Source {

  /**
   * The version that was chosen when it was opened, and that is read however often and whenever it
   * is read, such as a snapshot's id; empty if it has none.
   */
  default Optional<String> version() {
    return Optional.empty();
  }

  /** What is read, by the source's own metadata; empty if it cannot tell. */
  default Optional<ReadSize> size() {
    return Optional.empty();
  }

  /** A source of bytes that a mapping turns into events. */
  interface OfRecords extends Source {
    /** Reads everything, in blocks, in no particular order. */
    PTransform<PBegin, PCollection<RecordBlock>> read();
  }

  /** A source whose things are read once, whole: ingest bookmarks them. */
  interface OfFiles extends OfRecords {
    /** What is there now, in the order of names; not empty. */
    List<InputFile> files();

    /** Reads only these. */
    PTransform<PBegin, PCollection<RecordBlock>> read(List<InputFile> files);

    @Override
    default PTransform<PBegin, PCollection<RecordBlock>> read() {
      return read(files());
    }
  }

  /**
   * A log: partitions of records in order, each at an offset that never changes. Unbounded unless
   * the URI or the request gives it an end; {@code read()}'s output tells. The elements' timestamps
   * are event times, and so is the watermark.
   */
  interface OfLog extends OfRecords {
    /** Whether it goes on for ever. */
    boolean isUnbounded();

    /**
     * Reads what is not in {@code taken}. A partition of which something is taken goes on at the
     * first offset that is not; the others begin where the URI says.
     *
     * @throws UnreachableException when applied, if an offset that is not taken is retained no
     *     longer: records would be lost without a word
     */
    PTransform<PBegin, PCollection<RecordBlock>> read(Offsets taken);

    @Override
    default PTransform<PBegin, PCollection<RecordBlock>> read() {
      return read(new Offsets());
    }
  }

  /** A source of events that are already in Leat's form. */
  interface OfEvents extends Source {
    PTransform<PBegin, PCollection<EventBlock>> read();

    /**
     * The same for someone who reduces events next: those that {@code early} takes may be reduced.
     */
    default PTransform<PBegin, PCollection<EventBlock>> read(EarlyReduction early) {
      return read();
    }
  }
}
