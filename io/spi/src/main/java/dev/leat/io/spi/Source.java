package dev.leat.io.spi;

import dev.leat.block.EventBlock;
import dev.leat.block.RecordBlock;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/** Where records or events come from. */
public interface Source {

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

  /** A source of events that are already in Leat's form. */
  interface OfEvents extends Source {
    PTransform<PBegin, PCollection<EventBlock>> read();
  }
}
