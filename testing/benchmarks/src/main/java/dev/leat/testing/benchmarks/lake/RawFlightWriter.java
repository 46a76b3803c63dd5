package dev.leat.testing.benchmarks.lake;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Parquet-mr, written by hand for this one class: zstd, row groups of 16 MiB. */
final class RawFlightWriter {
  static final long ROW_GROUP_BYTES = 16L << 20;

  private RawFlightWriter() {}

  static ParquetWriter<RawFlight> to(OutputFile file) throws IOException {
    return new Builder(file)
        .withCompressionCodec(CompressionCodecName.ZSTD)
        .withRowGroupSize(ROW_GROUP_BYTES)
        .build();
  }

  private static final class Builder extends ParquetWriter.Builder<RawFlight, Builder> {
    Builder(OutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings(
        "deprecation") // The other one is called by newer versions only, and by default calls this.
    protected WriteSupport<RawFlight> getWriteSupport(Configuration configuration) {
      return new Support();
    }
  }

  private static final class Support extends WriteSupport<RawFlight> {
    private static final MessageType SCHEMA =
        MessageTypeParser.parseMessageType(
            """
            message flight {
              required binary id (UTF8);
              required int64 time (TIMESTAMP(MICROS, true));
              required binary tenant (UTF8);
              required binary data;
            }
            """);

    // Set in prepareForWrite, which is called first.
    @SuppressWarnings("NullAway.Init")
    private RecordConsumer out;

    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(SCHEMA, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      out = consumer;
    }

    @Override
    public void write(RawFlight flight) {
      out.startMessage();
      binary("id", 0, Binary.fromString(flight.id));
      out.startField("time", 1);
      out.addLong(flight.time * 1_000);
      out.endField("time", 1);
      binary("tenant", 2, Binary.fromString(flight.tenant));
      binary("data", 3, Binary.fromConstantByteArray(flight.data));
      out.endMessage();
    }

    private void binary(String name, int index, Binary value) {
      out.startField(name, index);
      out.addBinary(value);
      out.endField(name, index);
    }
  }
}
