package dev.leat.io.files;

import static dev.leat.io.spi.RecordFormat.JSONL;
import static dev.leat.io.spi.RecordFormat.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import com.github.luben.zstd.Zstd;
import dev.leat.io.spi.InputFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class RecordScanTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void dropsAByteOrderMarkAtTheBeginningOnly() throws IOException {
    Path file = file("bom.jsonl", "\uFEFF{}\n\uFEFF1\n".getBytes(UTF_8));

    assertThat(Scans.found(file, JSONL), contains("1|||{}", "2|||\uFEFF1"));
  }

  @Test
  public void readsNamesWithSpacesAndBeyondAscii() throws IOException {
    Path file = file("été 2015 [1].jsonl", "1\n".getBytes(UTF_8));

    assertThat(Scans.found(file, JSONL), contains("1|||1"));
  }

  @Test
  public void readsGzipMembersOneAfterAnotherAndPadding() throws IOException {
    byte[] members =
        join(gzip("a\nb".getBytes(UTF_8)), gzip(new byte[0]), gzip("c\nd".getBytes(UTF_8)));

    assertThat(
        Scans.found(file("a.gz", join(members, new byte[100])), TEXT),
        contains("1|||a", "2|||bc", "3|||d"));
  }

  @Test
  public void readsZstdFramesOneAfterAnother() throws IOException {
    byte[] frames = join(Zstd.compress("a\nb".getBytes(UTF_8)), Zstd.compress("c".getBytes(UTF_8)));

    assertThat(Scans.found(file("a.ZST", frames), TEXT), contains("1|||a", "2|||bc"));
  }

  @Test
  public void findsNothingInEmptyFiles() throws IOException {
    for (String name : List.of("a.jsonl", "a.gz", "a.zst")) {
      assertThat(name, Scans.found(file(name, new byte[0]), TEXT), empty());
    }
  }

  @Test
  public void keepsEveryRecordBeforeATruncatedEnd() throws IOException {
    byte[] lines = numbers(100_000);
    byte[] whole = gzip(lines);

    List<String> found = Scans.found(file("a.gz", Arrays.copyOf(whole, whole.length - 9)), TEXT);

    // Nine bytes less than all: the checksum and one byte of the last block are gone.
    int records = found.size() - 1;
    assertThat(records, greaterThan(99_000));
    assertThat(found.subList(0, records), equalTo(expectedNumbers(records)));
    assertThat(found.get(records), startsWith((records + 1) + "||truncated gzip|"));
  }

  @Test
  public void keepsTheBlocksBeforeATruncatedZstd() throws IOException {
    byte[] whole = Zstd.compress(numbers(100_000));

    List<String> found = Scans.found(file("a.zst", Arrays.copyOf(whole, whole.length - 1)), TEXT);

    // A block of Zstandard is 128 KiB, here at least 12,000 lines; the last one is not whole.
    int records = found.size() - 1;
    assertThat(records, greaterThan(85_000));
    assertThat(found.subList(0, records), equalTo(expectedNumbers(records)));
    assertThat(found.get(records), startsWith((records + 1) + "||truncated zstd|"));
  }

  @Test
  public void keepsEveryRecordOfAFileWhoseChecksumDiffers() throws IOException {
    byte[] whole = gzip("a\nb\n".getBytes(UTF_8));
    whole[whole.length - 6] ^= 1;

    assertThat(
        Scans.found(file("a.gz", whole), TEXT),
        contains("1|||a", "2|||b", "3||corrupt gzip: its checksum differs|"));
  }

  @Test
  public void stopsWhereAGzipIsCorruptAndKeepsWhatIsBefore() throws IOException {
    byte[] good = gzip("a\nb\nc".getBytes(UTF_8));

    assertThat(
        Scans.found(file("garbage.gz", join(good, "garbage".getBytes(UTF_8))), TEXT),
        contains("1|||a", "2|||b", "3||bytes after the end of the gzip data|c"));
    assertThat(
        Scans.found(file("again.gz", join(good, Arrays.copyOf(good, 5))), TEXT),
        contains("1|||a", "2|||b", "3||truncated gzip|c"));
    assertThat(
        Scans.found(file("plain.gz", "a\n".getBytes(UTF_8)), TEXT),
        contains("1||not gzip, though named .gz|"));
  }

  /** Wherever a bit flips: a run of right records, then at most one problem, and no crash. */
  @Test
  public void findsRightRecordsBeforeAnyFault() throws IOException {
    byte[] gzip = gzip(numbers(2000));
    byte[] zstd = Zstd.compress(numbers(2000));
    Random random = new Random(7);

    for (int round = 0; round < 300; round++) {
      byte[] whole = round % 2 == 0 ? gzip : zstd;
      byte[] broken = whole.clone();
      broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
      Path file = file(round % 2 == 0 ? "a.gz" : "a.zst", broken);

      List<String> found = Scans.found(file, TEXT);

      long problems = found.stream().filter(RecordScanTest::isProblem).count();
      assertThat(
          problems, equalTo(found.isEmpty() || isProblem(found.get(found.size() - 1)) ? 1L : 0L));
    }
  }

  @Test
  public void handsOnWhatWasDecompressedBeforeACorruptBlock() throws IOException {
    byte[] gzip = gzip(numbers(100_000));
    Arrays.fill(gzip, gzip.length / 2, gzip.length / 2 + 20, (byte) 0xFF);
    byte[] zstd = Zstd.compress(numbers(100_000));
    Arrays.fill(zstd, zstd.length / 2, zstd.length / 2 + 2000, (byte) 0xFF);

    List<String> fromGzip = Scans.found(file("a.gz", gzip), TEXT);
    List<String> fromZstd = Scans.found(file("a.zst", zstd), TEXT);

    assertThat(fromGzip.size(), equalTo(linesBeforeFault(gzip) + 1));
    assertThat(isProblem(fromGzip.get(fromGzip.size() - 1)), equalTo(true));
    assertThat(fromZstd.size(), greaterThan(14_000));
    assertThat(isProblem(fromZstd.get(fromZstd.size() - 1)), equalTo(true));
    assertThat(
        fromZstd.subList(0, fromZstd.size() - 1), equalTo(expectedNumbers(fromZstd.size() - 1)));
  }

  @Test
  public void refusesAFileThatIsGone() {
    InputFile gone = InputFile.of(folder.getRoot() + "/gone.jsonl", 1, 1);
    RecordScan scan = new RecordScan(JSONL, 1024);

    assertThrows(IOException.class, () -> scan.scan(gone, block -> {}));
  }

  @Test
  public void fillsBlocksByCountAndBySize() throws IOException {
    Path many = file("many", "x\n".repeat(1200).getBytes(UTF_8));
    Path large = file("large", ("y".repeat(700_000) + "\n").repeat(4).getBytes(UTF_8));

    assertThat(blockSizes(many), contains(512, 512, 176));
    assertThat(blockSizes(large), contains(2, 2));
  }

  /** By the slowest and simplest way: a byte at a time. */
  private static int linesBeforeFault(byte[] gzip) {
    Inflater inflater = new Inflater(true);
    inflater.setInput(gzip, 10, gzip.length - 10);
    byte[] one = new byte[1];
    int lines = 0;
    try {
      while (inflater.inflate(one) > 0) {
        lines += one[0] == '\n' ? 1 : 0;
      }
    } catch (DataFormatException e) {
      return lines;
    } finally {
      inflater.end();
    }
    throw new AssertionError("expected a fault");
  }

  private static List<Integer> blockSizes(Path file) throws IOException {
    List<Integer> sizes = new java.util.ArrayList<>();
    new RecordScan(TEXT, 1 << 20)
        .scan(InputFile.of(file.toString(), 0, 0), block -> sizes.add(block.count()));
    assertThat(sizes, hasSize(greaterThan(1)));
    return sizes;
  }

  private static boolean isProblem(String found) {
    return !found.split("\\|", 4)[2].isEmpty();
  }

  private static byte[] numbers(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> i * 7919L + "\n")
        .collect(Collectors.joining())
        .getBytes(UTF_8);
  }

  private static List<String> expectedNumbers(int count) {
    return IntStream.range(0, count).mapToObj(i -> (i + 1) + "|||" + i * 7919L).toList();
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.getRoot().toPath().resolve(name), bytes);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
