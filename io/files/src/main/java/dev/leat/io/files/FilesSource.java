package dev.leat.io.files;

import dev.leat.block.RecordBlock;
import dev.leat.block.RecordBlockCoder;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.Parts;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * Whole files, one after another. A source and not a function of files, because runners hand the
 * parts of a source to whoever is free: two workers share eight files evenly, where keys drawn at
 * random give one of them five or six.
 */
final class FilesSource extends BoundedSource<RecordBlock> {
  private static final long serialVersionUID = 1L;

  private final List<InputFile> files;
  private final FileScan scan;

  FilesSource(List<InputFile> files, FileScan scan) {
    this.files = new ArrayList<>(files);
    this.scan = scan;
  }

  @Override
  public List<FilesSource> split(long desiredBundleSizeBytes, PipelineOptions options) {
    return Parts.of(files, InputFile::sizeBytes, desiredBundleSizeBytes).stream()
        .map(part -> new FilesSource(part, scan))
        .toList();
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return files.stream().mapToLong(InputFile::sizeBytes).sum();
  }

  @Override
  public BoundedReader<RecordBlock> createReader(PipelineOptions options) {
    return new Reader(this);
  }

  @Override
  public Coder<RecordBlock> getOutputCoder() {
    return RecordBlockCoder.of();
  }

  private static final class Reader extends BoundedReader<RecordBlock> {
    private final FilesSource source;
    private final Iterator<InputFile> files;
    private final Queue<RecordBlock> ready = new ArrayDeque<>();
    private FileScan.@Nullable Progress progress;
    private String name = "";
    private @Nullable RecordBlock current;

    Reader(FilesSource source) {
      this.source = source;
      this.files = source.files.iterator();
    }

    @Override
    public boolean start() throws IOException {
      return advance();
    }

    @Override
    public boolean advance() throws IOException {
      current = ready.poll();
      while (current == null) {
        FileScan.Progress open = progress;
        if (open == null) {
          if (!files.hasNext()) {
            return false;
          }
          InputFile file = files.next();
          name = file.name();
          open = source.scan.begin(file, ready::add);
          progress = open;
        }
        if (!advance(open)) {
          open.close();
          progress = null;
        }
        current = ready.poll();
      }
      return true;
    }

    private boolean advance(FileScan.Progress open) throws IOException {
      try {
        return open.advance();
      } catch (IOException e) {
        // A file that went away after it was listed must stop the run, or its records were lost.
        throw new IOException("cannot read " + name + ", which was there when the run began", e);
      }
    }

    @Override
    public RecordBlock getCurrent() {
      RecordBlock block = current;
      if (block == null) {
        throw new NoSuchElementException();
      }
      return block;
    }

    @Override
    public FilesSource getCurrentSource() {
      return source;
    }

    @Override
    public void close() throws IOException {
      if (progress != null) {
        progress.close();
      }
    }
  }
}
