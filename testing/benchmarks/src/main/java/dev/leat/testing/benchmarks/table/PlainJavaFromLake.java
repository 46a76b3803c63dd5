package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.flights.FlightReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/** The two threads of {@link PlainJava}, with parquet-mr. */
final class PlainJavaFromLake {
  private PlainJavaFromLake() {}

  public static void main(String[] args) throws Exception {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(Path.of(args[0]))) {
      files = walk.filter(path -> path.toString().endsWith(".parquet")).sorted().toList();
    }
    TwoThreads.table(files, PlainJavaFromLake::read).write(Path.of(args[1]));
  }

  private static void read(Path file, TwoThreads.Receiver receiver) throws Exception {
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      MessageType all = reader.getFileMetaData().getSchema();
      MessageType wanted = new MessageType(all.getName(), all.getType(LakeColumns.DATA));
      reader.setRequestedSchema(wanted);
      MessageColumnIO columns = new ColumnIOFactory().getColumnIO(wanted, all);
      PageReadStore pages;
      while ((pages = reader.readNextRowGroup()) != null) {
        RecordReader<Group> rows = columns.getRecordReader(pages, new GroupRecordConverter(wanted));
        for (long i = 0; i < pages.getRowCount(); i++) {
          receiver.take(FlightReader.read(rows.read().getBinary(0, 0).getBytesUnsafe()));
        }
      }
    }
  }
}
