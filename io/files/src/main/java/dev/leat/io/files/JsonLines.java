package dev.leat.io.files;

import dev.leat.io.spi.RowJson;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/** One {@link RowJson} a line, each line ended by {@code LF}. */
final class JsonLines implements RowFormat {
  private static final long serialVersionUID = 1L;

  @Override
  public String extension() {
    return ".jsonl";
  }

  @Override
  public FileIO.Sink<Row> file(Schema schema) {
    return new Lines();
  }

  private static final class Lines implements FileIO.Sink<Row> {
    private static final long serialVersionUID = 1L;

    private transient @Nullable OutputStream out;

    @Override
    public void open(WritableByteChannel channel) {
      out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    }

    @Override
    public void write(Row row) throws IOException {
      OutputStream to = Objects.requireNonNull(out);
      RowJson.write(row, to);
      to.write('\n');
    }

    @Override
    public void flush() throws IOException {
      Objects.requireNonNull(out).flush();
    }
  }
}
