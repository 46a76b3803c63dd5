package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.flights.FlightReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;

/** What the peers that read Avro's records need of a row of the lake: the line. */
final class LakeColumns {
  static final String DATA = "data";

  static final Schema AVRO = SchemaBuilder.record("table").fields().optionalBytes(DATA).endRecord();

  private LakeColumns() {}

  static Flight flight(GenericRecord row) throws IOException {
    ByteBuffer data = (ByteBuffer) row.get(DATA);
    return FlightReader.read(data.array(), data.arrayOffset() + data.position(), data.remaining());
  }
}
