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
  public Progress begin(InputFile file, Consumer<RecordBlock> out) {
    return new RowsOf(file.name(), new Records(file.name(), maxRecordBytes, out));
  }

  /** Reads a block's worth of rows at a time. */
  private static final class RowsOf implements Progress {
    private final String name;
    private final Records records;
    private final ParquetJson json;
    private @Nullable ParquetBytes bytes;
    private @Nullable ParquetReader<Group> rows;
    private long number = 1;

    RowsOf(String name, Records records) {
      this.name = name;
      this.records = records;
      this.json = new ParquetJson(HiveColumns.of(name));
    }

    @Override
    public boolean advance() throws IOException {
      ParquetBytes open = bytes;
      if (open == null) {
        open = ParquetBytes.open(name);
        bytes = open;
        if (!isParquet(open)) {
          byte[] beginning = open.beginning(KEPT_OF_STRANGE_FILE);
          records.problem(1, beginning, 0, beginning.length, "not a Parquet file");
          records.flush();
          return false;
        }
      }
      try {
        if (readSome(open)) {
          return true;
        }
      } catch (BrokenException e) {
        open.throwFailure();
        records.problem(number, new byte[0], 0, 0, "broken Parquet: " + e.getMessage());
      }
      records.flush();
      return false;
    }

    private boolean readSome(ParquetBytes open) throws IOException, BrokenException {
      ParquetReader<Group> from = rows;
      if (from == null) {
        from = new Rows(open).build();
        rows = from;
      }
      for (int i = 0; i < RecordBlock.MAX_RECORDS; i++) {
        Group row = read(from);
        if (row == null) {
          return false;
        }
        addRow(number, row, json, records);
        number++;
      }
      return true;
    }

    @Override
    public void close() throws IOException {
      try (ParquetBytes open = bytes) {
        if (rows != null) {
          rows.close();
        }
      }
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
