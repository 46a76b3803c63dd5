package dev.leat.io.files;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.jspecify.annotations.Nullable;

/**
 * Parquet, compressed with Zstandard; columns in the order of the schema, as {@link
 * ParquetRowSupport} types them.
 */
final class ParquetRows implements RowFormat {
  private static final long serialVersionUID = 1L;

  /** Parquet keeps a row group in memory until it is full; its own default is 128 MiB. */
  private static final long ROW_GROUP_BYTES = 16L << 20;

  @Override
  public String extension() {
    return ".parquet";
  }

  @Override
  public FileIO.Sink<Row> file(Schema schema) {
    return new Written(schema);
  }

  private static final class Written implements FileIO.Sink<Row> {
    private static final long serialVersionUID = 1L;

    private final Schema schema;
    private transient @Nullable ParquetWriter<Row> writer;

    Written(Schema schema) {
      this.schema = schema;
    }

    @Override
    public void open(WritableByteChannel channel) throws IOException {
      writer =
          new Builder(new ParquetOutput(channel), schema)
              .withConf(new PlainParquetConfiguration())
              .withCompressionCodec(CompressionCodecName.ZSTD)
              .withRowGroupSize(ROW_GROUP_BYTES)
              .build();
    }

    @Override
    public void write(Row row) throws IOException {
      Objects.requireNonNull(writer).write(row);
    }

    @Override
    public void flush() throws IOException {
      Objects.requireNonNull(writer).close();
    }
  }

  private static final class Builder extends ParquetWriter.Builder<Row, Builder> {
    private final Schema schema;

    Builder(OutputFile file, Schema schema) {
      super(file);
      this.schema = schema;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<Row> getWriteSupport(Configuration configuration) {
      return new ParquetRowSupport(schema);
    }

    @Override
    protected WriteSupport<Row> getWriteSupport(ParquetConfiguration configuration) {
      return new ParquetRowSupport(schema);
    }
  }
}
