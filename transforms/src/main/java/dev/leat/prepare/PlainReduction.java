package dev.leat.prepare;

import dev.leat.aggregate.Aggregation;
import dev.leat.aggregate.PlainContribution;
import dev.leat.block.EventBlock;
import dev.leat.block.Fingerprint;
import dev.leat.block.RecordBlock;
import dev.leat.bytes.ByteWriter;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.PlainMapper;
import java.time.Instant;
import java.util.Optional;

/**
 * Parses and reduces plain JSON records from their bytes, where no step looks at the event between:
 * the same as mapping and {@link Reduction}, without an object for each.
 *
 * <p>Not for more than one thread.
 */
final class PlainReduction {
  private final PlainMapper mapper;
  private final PlainContribution contribution;
  private final Fingerprint fingerprint = new Fingerprint();
  private final ByteWriter written = new ByteWriter();

  private PlainReduction(PlainMapper mapper, PlainContribution contribution) {
    this.mapper = mapper;
    this.contribution = contribution;
  }

  /** Empty if the mapping or the aggregation need more than plain payloads. */
  static Optional<PlainReduction> of(Mapping mapping, Aggregation aggregation) {
    return PlainContribution.places(aggregation)
        .flatMap(places -> PlainMapper.of(mapping, places))
        .map(
            mapper ->
                new PlainReduction(mapper, PlainContribution.of(aggregation, mapper::placeOf)));
  }

  /**
   * Adds the record at which the cursor stands, reduced.
   *
   * @return whether it could; if not, nothing was added, and the record may be anything
   */
  boolean add(RecordBlock.Cursor record, Instant ingestTime, EventBlock.Builder out) {
    if (record.problem() != null
        || !mapper.read(record.bytes(), record.from(), record.length(), ingestTime)) {
      return false;
    }
    written.clear();
    if (!contribution.write(mapper.payload(), written)) {
      return false;
    }
    mapper.fingerprint(fingerprint);
    out.addReduced(fingerprint, mapper.time(), written);
    return true;
  }
}
