package dev.leat.io.files;

import static dev.leat.io.spi.RecordFormat.CSV;
import static dev.leat.io.spi.RecordFormat.CSV_WITHOUT_HEADER;
import static dev.leat.io.spi.RecordFormat.JSON;
import static dev.leat.io.spi.RecordFormat.JSONL;
import static dev.leat.io.spi.RecordFormat.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import dev.leat.io.spi.RecordFormat;
import java.util.List;
import java.util.Random;
import org.junit.Test;

public class FramingTest {
  @Test
  public void cutsLinesWithEitherEndAndWithoutTheLastEnd() {
    assertThat(
        cut(TEXT, "a\nb\r\n\r\n \nlast"), contains("1||a", "2||b", "3||", "4|| ", "5||last"));
  }

  @Test
  public void leavesBlankLinesOutOfJsonLinesAndKeepsTheNumbersOfTheOthers() {
    assertThat(cut(JSONL, "\n{}\n \t\r\n[1]\n\r\n"), contains("2||{}", "4||[1]"));
  }

  @Test
  public void keepsBytesThatAreNotText() {
    byte[] bytes = {(byte) 0xFF, 0, '\n', '\r', 'x', '\n'};

    List<String> found = Scans.framed(TEXT, bytes, 2, 1024);

    assertThat(found, contains("1|||\uFFFD\0", "2|||\rx"));
  }

  @Test
  public void cutsCsvOutsideQuotesAndGivesTheLineWhereARecordBegins() {
    String csv = "id,note\r\n1,\"a\nb\"\r\n\r\n2,\"say \"\"hi\"\"\n,\"\n3,5\" pipe\n";

    assertThat(
        cut(CSV, csv),
        contains(
            "2|id,note|1,\"a\nb\"", "5|id,note|2,\"say \"\"hi\"\"\n,\"", "7|id,note|3,5\" pipe"));
    assertThat(cut(CSV_WITHOUT_HEADER, "id,note\n1,x"), contains("1||id,note", "2||1,x"));
  }

  @Test
  public void costsOneProblemWhenAQuoteIsNeverClosed() {
    assertThat(
        framed(CSV, "id,note\n1,a\n2,\"b\n3,c\n4,d", 1024),
        contains(
            "2|id,note||1,a",
            "3|id,note|a quote is opened and never closed|2,\"b",
            "4|id,note||3,c",
            "5|id,note||4,d"));
  }

  @Test
  public void readsTheRestAfterAnUnclosedQuoteOnlyOnce() {
    assertThat(
        framed(CSV_WITHOUT_HEADER, "a\",\"\n".repeat(3), 1024),
        contains(
            "1||a quote is opened and never closed|a\",\"",
            "2||a quote is opened and never closed|a\",\"\na\",\"\n"));
  }

  @Test
  public void readsNothingUnderAHeaderThatIsUseless() {
    assertThat(
        framed(CSV, "x".repeat(70_000) + "\n1\n2\n", 70_001),
        contains(
            equalTo(
                "1||the header is longer than 65536 bytes; no record of this file is read|"
                    + "x".repeat(70_000))));
    assertThat(
        framed(CSV, "\"id\n1\n", 1024),
        contains(
            "1||a quote is opened and never closed; no record of this file is read|\"id\n1\n"));
  }

  @Test
  public void cutsTheElementsOfAnArray() {
    String json = " [ {\"a\": [1, 2]} ,\"]\\\",\" , tru ,1 2\n,null]\n";

    assertThat(
        cut(JSON, json),
        contains("1||{\"a\": [1, 2]}", "2||\"]\\\",\"", "3||tru", "4||1 2", "5||null"));
  }

  @Test
  public void takesADocumentThatIsNoArrayAsOneRecord() {
    assertThat(cut(JSON, "\n{\"a\":\n[1]}\n"), contains("1||{\"a\":\n[1]}"));
    assertThat(cut(JSON, " x]"), contains("1||x]"));
  }

  @Test
  public void findsNoRecordInNothing() {
    for (RecordFormat format : RecordFormat.values()) {
      assertThat(format.name(), framed(format, "", 1024), empty());
    }
    assertThat(framed(JSON, " \n", 1024), empty());
    assertThat(framed(JSON, "[ ]", 1024), empty());
    assertThat(framed(CSV, "id\n", 1024), empty());
  }

  @Test
  public void keepsTheElementsBeforeAFaultAndMakesTheRestOneProblem() {
    assertThat(
        framed(JSON, "[1,2,,3]", 1024),
        contains("1|||1", "2|||2", "3||not a JSON array: an element is missing|,3]"));
    assertThat(
        framed(JSON, "[1,]", 1024),
        contains("1|||1", "2||not a JSON array: an element is missing|]"));
    assertThat(
        framed(JSON, "[1,{\"a\":2],3]", 1024),
        contains("1|||1", "2||not a JSON array: a bracket that was not opened|{\"a\":2],3]"));
    assertThat(
        framed(JSON, "[1] [2]", 1024),
        contains("1|||1", "2||not a JSON array: content after the end of the array|[2]"));
    assertThat(
        framed(JSON, "[1,\"a", 1024),
        contains("1|||1", "2||not a JSON array: it ends too early|\"a"));
    assertThat(framed(JSON, "[", 1024), contains("1||not a JSON array: it ends too early|"));
  }

  @Test
  public void boundsNesting() {
    assertThat(
        framed(JSON, "[1,2" + "[".repeat(5000), 1024),
        contains(
            equalTo("1|||1"),
            startsWith("2||not a JSON array: nested deeper than a record is long|2[[[")));
    assertThat(
        framed(JSON, "[" + "[".repeat(900) + "]".repeat(900) + ",2]", 2000),
        contains("1|||" + "[".repeat(900) + "]".repeat(900), "2|||2"));
  }

  @Test
  public void makesARecordThatIsTooLongAProblemAndReadsOn() {
    String longest = "x".repeat(1024);
    String tooLong = longest + "y";

    for (RecordFormat format : List.of(TEXT, JSONL, CSV_WITHOUT_HEADER)) {
      assertThat(
          format.name(),
          framed(format, longest + "\r\n" + tooLong + "\r\nz", 1024),
          contains("1|||" + longest, "2||longer than 1024 bytes|" + longest, "3|||z"));
    }
    assertThat(
        framed(JSON, "[" + longest + "," + tooLong + ",z]", 1024),
        contains("1|||" + longest, "2||longer than 1024 bytes|" + longest, "3|||z"));
  }

  @Test
  public void keepsOnlyTheBeginningOfALongRecord() {
    List<String> found = framed(TEXT, "x".repeat(300_000) + "\nz", 200_000);

    assertThat(found, contains("1||longer than 200000 bytes|" + "x".repeat(65536), "2|||z"));
  }

  /** Where a buffer ends must not show. */
  @Test
  public void cutsTheSameWhateverTheBuffers() {
    Random random = new Random(20150912);
    String alphabet = "\"\"\\,,\n\n\r[]{} a";

    for (int round = 0; round < 3000; round++) {
      StringBuilder text = new StringBuilder(round % 2 == 0 ? "[" : "");
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      byte[] bytes = text.toString().getBytes(UTF_8);
      for (RecordFormat format : RecordFormat.values()) {
        assertThat(
            format + ": " + text,
            Scans.framed(format, bytes, 1 + random.nextInt(5), 1024),
            equalTo(Scans.framed(format, bytes, 100, 1024)));
      }
    }
  }

  @Test
  public void fillsBlocks() {
    assertThat(framed(TEXT, "x\n".repeat(2000), 1024), hasSize(2000));
  }

  /** Good records only: {@code offset|header|data}; fails on a problem. */
  private static List<String> cut(RecordFormat format, String text) {
    return framed(format, text, 1 << 20).stream()
        .map(
            found -> {
              String[] parts = found.split("\\|", 4);
              assertThat(parts[2], equalTo(""));
              return parts[0] + "|" + parts[1] + "|" + parts[3];
            })
        .toList();
  }

  private static List<String> framed(RecordFormat format, String text, int maxRecordBytes) {
    return Scans.framed(format, text.getBytes(UTF_8), 7, maxRecordBytes);
  }
}
