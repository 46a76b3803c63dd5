package dev.leat.io.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.block.RecordBlock;
import dev.leat.io.spi.InputFile;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.jspecify.annotations.Nullable;

/** Reads the rows of a Parquet file as JSON objects. */
record ParquetScan(int maxRecordBytes) implements FileScan {
  private static final byte[] MAGIC = "PAR1".getBytes(US_ASCII);
  private static final int KEPT_OF_STRANGE_FILE = 64 << 10;

  @Override
  public void scan(InputFile file, Consumer<RecordBlock> out) throws IOException {
    Records records = new Records(file.name(), maxRecordBytes, out);
    try (ParquetBytes bytes = ParquetBytes.open(file.name())) {
      if (isParquet(bytes)) {
        scan(bytes, new ParquetJson(HiveColumns.of(file.name())), records);
      } else {
        byte[] beginning = bytes.beginning(KEPT_OF_STRANGE_FILE);
        records.problem(1, beginning, 0, beginning.length, "not a Parquet file");
      }
    }
    records.flush();
  }

  private static void scan(ParquetBytes bytes, ParquetJson json, Records records)
      throws IOException {
    long number = 1;
    try (ParquetReader<Group> rows = new Rows(bytes).build()) {
      for (Group row = read(rows); row != null; row = read(rows)) {
        addRow(number, row, json, records);
        number++;
      }
    } catch (BrokenException e) {
      bytes.throwFailure();
      records.problem(number, new byte[0], 0, 0, "broken Parquet: " + e.getMessage());
    }
  }

  private static void addRow(long number, Group row, ParquetJson json, Records records)
      throws IOException {
    try {
      byte[] utf8 = json.of(row).getBytes(UTF_8);
      records.add(number, utf8, 0, utf8.length);
    } catch (DateTimeException e) {
      records.problem(number, new byte[0], 0, 0, "a time that is none");
    }
  }

  /**
   * The next row; null at the end. Parquet has no one exception for bytes that make no sense: it
   * throws what its decoders happen to run into.
   */
  private static @Nullable Group read(ParquetReader<Group> rows) throws BrokenException {
    try {
      return rows.read();
    } catch (RuntimeException | IOException e) {
      throw new BrokenException(e.getClass().getSimpleName(), e);
    }
  }

  private static boolean isParquet(ParquetBytes bytes) throws IOException {
    return bytes.getLength() > 2L * MAGIC.length
        && Arrays.equals(bytes.beginning(MAGIC.length), MAGIC)
        && Arrays.equals(bytes.end(MAGIC.length), MAGIC);
  }

  private static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private static final class Rows extends ParquetReader.Builder<Group> {
    Rows(ParquetBytes bytes) {
      super(bytes, new PlainParquetConfiguration());
      usePageChecksumVerification(true);
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }
}
