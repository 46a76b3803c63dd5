package dev.leat.io.files;

import dev.leat.block.RowBlock;
import dev.leat.io.spi.Connector;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.RowJson;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.Row;

/**
 * {@code stdout:}: rows as {@link RowJson}, one a line and nothing else, on the standard output of
 * the process that runs the last step (that of the command with the DirectRunner and an embedded
 * Flink).
 *
 * <p>Nothing is printed until all rows are there; then all at once, in no particular order,
 * flushed. A runner that retries the printing itself prints again: a terminal takes nothing back.
 * The rows of a live run are printed as they come, each with its {@code leat_revision}.
 */
public final class StdoutConnector implements Connector {
  @Override
  public Set<String> schemes() {
    return Set.of("stdout");
  }

  @Override
  public RowSink sink(ConnectorUri uri, SinkRequest request) {
    uri.allowParameters(Set.of());
    if (!uri.place().isEmpty()) {
      throw new UsageException(uri + ": expected stdout: and nothing after it");
    }
    return new RowSink() {
      @Override
      public PTransform<PCollection<RowBlock>, PDone> write() {
        return new Print();
      }

      @Override
      public PTransform<PCollection<RowBlock>, PDone> writeLive() {
        return new PrintLive();
      }
    };
  }

  private static final class PrintLive extends PTransform<PCollection<RowBlock>, PDone> {
    private static final long serialVersionUID = 1L;

    @Override
    public PDone expand(PCollection<RowBlock> rows) {
      rows.apply("To JSON lines", ParDo.of(new ToJsonLines()))
          .setCoder(KvCoder.of(VarIntCoder.of(), ByteArrayCoder.of()))
          .apply("Print", ParDo.of(new PrintEach()));
      return PDone.in(rows.getPipeline());
    }
  }

  private static final class PrintEach extends DoFn<KV<Integer, byte[]>, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Integer, byte[]> lines) throws IOException {
      PrintLines.print(List.of(lines.getValue()));
    }
  }

  private static final class Print extends PTransform<PCollection<RowBlock>, PDone> {
    private static final long serialVersionUID = 1L;

    @Override
    public PDone expand(PCollection<RowBlock> rows) {
      rows.apply("All at once", BoundedRows.inOneWindow())
          .apply("To JSON lines", ParDo.of(new ToJsonLines()))
          .setCoder(KvCoder.of(VarIntCoder.of(), ByteArrayCoder.of()))
          .apply("Gather", GroupByKey.create())
          .apply("Print", ParDo.of(new PrintLines()));
      return PDone.in(rows.getPipeline());
    }
  }

  private static final class ToJsonLines extends DoFn<RowBlock, KV<Integer, byte[]>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element RowBlock block, OutputReceiver<KV<Integer, byte[]>> out)
        throws IOException {
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (Row row : block) {
        RowJson.write(row, lines);
        lines.write('\n');
      }
      out.output(KV.of(0, lines.toByteArray()));
    }
  }

  private static final class PrintLines extends DoFn<KV<Integer, Iterable<byte[]>>, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<byte[]>> blocks) throws IOException {
      print(blocks.getValue());
    }

    static void print(Iterable<byte[]> blocks) throws IOException {
      PrintStream out = System.out;
      for (byte[] lines : blocks) {
        out.write(lines, 0, lines.length);
      }
      if (out.checkError() && !readerHasGone(out)) {
        throw new IOException("cannot write to standard output");
      }
    }

    private static boolean readerHasGone(PrintStream out) {
      return out instanceof StandardOutput && ((StandardOutput) out).readerHasGone();
    }
  }
}
