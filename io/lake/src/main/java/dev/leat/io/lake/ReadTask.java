package dev.leat.io.lake;

import com.google.auto.value.AutoValue;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import java.io.Serializable;
import org.apache.beam.sdk.coders.DefaultCoder;

/** A piece of a data file: the row groups that begin within a range of its bytes. */
@AutoValue
@DefaultCoder(ReadTask.ReadTaskCoder.class)
abstract class ReadTask implements Serializable {
  private static final long serialVersionUID = 1L;

  abstract String location();

  /** Size of the whole file in bytes. */
  abstract long fileSize();

  abstract long start();

  /** In bytes. */
  abstract long length();

  static ReadTask of(String location, long fileSize, long start, long length) {
    return new AutoValue_ReadTask(location, fileSize, start, length);
  }

  /** Encodes a {@link ReadTask}. */
  static final class ReadTaskCoder extends CodecCoder<ReadTask> {
    private static final long serialVersionUID = 1L;
    private static final ReadTaskCoder INSTANCE = new ReadTaskCoder();

    private ReadTaskCoder() {}

    static ReadTaskCoder of() {
      return INSTANCE;
    }

    @Override
    protected void write(ReadTask task, ByteWriter out) {
      out.writeString(task.location()).writeVarint(task.fileSize());
      out.writeVarint(task.start()).writeVarint(task.length());
    }

    @Override
    protected ReadTask read(ByteReader in) {
      return ReadTask.of(in.readString(), in.readVarint(), in.readVarint(), in.readVarint());
    }
  }
}
