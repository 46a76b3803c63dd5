package dev.leat.io.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.io.spi.RowJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * RFC 4180 with a header, {@code CRLF} line ends, UTF-8. Values as in {@link RowJson}, arrays, maps
 * and rows as JSON text; null and an empty text are both an empty field.
 */
final class CsvRows implements RowFormat {
  private static final long serialVersionUID = 1L;

  @Override
  public String extension() {
    return ".csv";
  }

  @Override
  public FileIO.Sink<Row> file(Schema schema) {
    return new Printed(schema);
  }

  private static final class Printed implements FileIO.Sink<Row> {
    private static final long serialVersionUID = 1L;

    private final Schema schema;
    private transient @Nullable CSVPrinter printer;

    Printed(Schema schema) {
      this.schema = schema;
    }

    @Override
    public void open(WritableByteChannel channel) throws IOException {
      printer =
          new CSVPrinter(
              new BufferedWriter(Channels.newWriter(channel, UTF_8), 1 << 16), CSVFormat.RFC4180);
      printer.printRecord(schema.getFieldNames());
    }

    @Override
    public void write(Row row) throws IOException {
      CSVPrinter to = Objects.requireNonNull(printer);
      for (int i = 0; i < schema.getFieldCount(); i++) {
        to.print(RowJson.text(schema.getField(i).getType(), row.getValue(i)));
      }
      to.println();
    }

    @Override
    public void flush() throws IOException {
      Objects.requireNonNull(printer).flush();
    }
  }
}
