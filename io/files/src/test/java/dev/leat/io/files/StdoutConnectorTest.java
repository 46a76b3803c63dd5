package dev.leat.io.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.Row;
import org.junit.Test;

public class StdoutConnectorTest {
  private static final Schema SCHEMA = Schema.builder().addStringField("name").build();

  @Test
  public void printsEveryRowOnALineAndNothingElse() {
    String printed = printed(List.of(block("a", "é"), block("b\n")));

    assertThat(printed.endsWith("\n"), equalTo(true));
    assertThat(
        List.of(printed.split("\n")),
        containsInAnyOrder("{\"name\":\"a\"}", "{\"name\":\"é\"}", "{\"name\":\"b\\n\"}"));
  }

  @Test
  public void printsNothingForNoRows() {
    assertThat(printed(List.of()), equalTo(""));
  }

  @Test
  public void failsWhenNobodyTakesTheOutput() {
    PrintStream closed = new PrintStream(new ByteArrayOutputStream());
    closed.close();

    assertThrows(
        Pipeline.PipelineExecutionException.class, () -> printTo(closed, List.of(block("a"))));
  }

  @Test
  public void endsQuietlyWhenTheReaderHasGone() {
    printTo(StandardOutput.over(failingWith("Broken pipe")), List.of(block("a")));
  }

  @Test
  public void failsWhenTheOutputCannotBeWritten() {
    assertThrows(
        Pipeline.PipelineExecutionException.class,
        () ->
            printTo(
                StandardOutput.over(failingWith("No space left on device")), List.of(block("a"))));
  }

  private static OutputStream failingWith(String message) {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        throw new IOException(message);
      }
    };
  }

  @Test
  public void refusesAPlaceAndParameters() {
    assertThat(
        assertThrows(UsageException.class, () -> sink("stdout:x")).getMessage(),
        equalTo("stdout:x: expected stdout: and nothing after it"));
    assertThrows(UsageException.class, () -> sink("stdout:x?format=csv"));
  }

  @Test
  public void refusesARunThatNeedsVersionsOfWhatIsWritten() {
    SinkRequest request = SinkRequest.of("r", SCHEMA, Optional.empty(), Map.of());
    for (SinkRequest needy :
        List.of(
            request.onBranch("trial"),
            request.ifStill(new SinkRequest.Unmoved("mark", "another")))) {
      assertThat(
          assertThrows(
                  UsageException.class,
                  () -> Connectors.load().sink(ConnectorUri.parse("stdout:"), needy))
              .getMessage(),
          equalTo("stdout:: expected a sink that keeps versions, such as lake:, got stdout"));
    }
  }

  private static String printed(List<RowBlock> blocks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    printTo(new PrintStream(out, false, UTF_8), blocks);
    return out.toString(UTF_8);
  }

  private static void printTo(PrintStream out, List<RowBlock> blocks) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(blocks).withCoder(RowBlockCoder.of(SCHEMA)))
        .apply(sink("stdout:").write());
    PrintStream before = System.out;
    System.setOut(out);
    try {
      pipeline.run().waitUntilFinish();
    } finally {
      System.setOut(before);
    }
  }

  private static RowSink sink(String uri) {
    return Connectors.load()
        .sink(ConnectorUri.parse(uri), SinkRequest.of("r", SCHEMA, Optional.empty(), Map.of()));
  }

  private static RowBlock block(String... names) {
    return RowBlock.of(
        List.of(names).stream()
            .map(name -> Row.withSchema(SCHEMA).addValue(name).build())
            .toList());
  }
}
