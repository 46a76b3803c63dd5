package dev.leat.io.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file of Beam's file systems as Parquet reads one. Remembers when the file system failed: what
 * Parquet throws does not tell that from bytes that make no sense.
 */
final class ParquetBytes implements InputFile, AutoCloseable {
  private final SeekableByteChannel channel;
  private @Nullable IOException failure;

  private ParquetBytes(SeekableByteChannel channel) {
    this.channel = channel;
  }

  static ParquetBytes open(String name) throws IOException {
    ReadableByteChannel channel = FileSystems.open(FileSystems.matchNewResource(name, false));
    if (!(channel instanceof SeekableByteChannel seekable)) {
      channel.close();
      throw new IOException(name + ": its file system cannot seek, and Parquet must");
    }
    return new ParquetBytes(seekable);
  }

  /** Throws what the file system threw, if it did. */
  void throwFailure() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  /** The first bytes, at most {@code count}. */
  byte[] beginning(int count) throws IOException {
    channel.position(0);
    return Channels.newInputStream(channel).readNBytes(count);
  }

  /** The last bytes, at most {@code count}. */
  byte[] end(int count) throws IOException {
    channel.position(Math.max(0, channel.size() - count));
    return Channels.newInputStream(channel).readNBytes(count);
  }

  @Override
  public long getLength() throws IOException {
    return channel.size();
  }

  @Override
  public SeekableInputStream newStream() throws IOException {
    channel.position(0);
    return new Seekable(new Remembering(Channels.newInputStream(channel)));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private final class Seekable extends DelegatingSeekableInputStream {
    Seekable(InputStream in) {
      super(in);
    }

    @Override
    public long getPos() throws IOException {
      return channel.position();
    }

    @Override
    public void seek(long position) throws IOException {
      channel.position(position);
    }
  }

  private final class Remembering extends InputStream {
    private final InputStream in;

    Remembering(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
      try {
        return in.read(out, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
