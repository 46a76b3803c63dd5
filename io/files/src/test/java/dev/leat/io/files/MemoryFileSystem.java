package dev.leat.io.files;

import com.google.common.collect.ImmutableList;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystem;
import org.apache.beam.sdk.io.FileSystemRegistrar;
import org.apache.beam.sdk.io.fs.CreateOptions;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;
import org.apache.beam.sdk.io.fs.MatchResult.Status;
import org.apache.beam.sdk.io.fs.MoveOptions;
import org.apache.beam.sdk.io.fs.ResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** An object store in memory, {@code mem://bucket/key}: names without folders, copies for moves. */
final class MemoryFileSystem extends FileSystem<MemoryFileSystem.Key> {
  static final NavigableMap<String, byte[]> OBJECTS = new ConcurrentSkipListMap<>();

  @Override
  protected List<MatchResult> match(List<String> specs) {
    return specs.stream().map(MemoryFileSystem::match).toList();
  }

  private static MatchResult match(String spec) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < spec.length(); i++) {
      if (spec.startsWith("**", i)) {
        regex.append(".*");
        i++;
      } else {
        char c = spec.charAt(i);
        regex.append(c == '*' ? "[^/]*" : Pattern.quote("" + c));
      }
    }
    List<Metadata> found = new ArrayList<>();
    OBJECTS.forEach(
        (name, bytes) -> {
          if (name.matches(regex.toString())) {
            found.add(
                Metadata.builder()
                    .setResourceId(new Key(name))
                    .setIsReadSeekEfficient(true)
                    .setSizeBytes(bytes.length)
                    .build());
          }
        });
    return found.isEmpty()
        ? MatchResult.create(Status.NOT_FOUND, new FileNotFoundException(spec))
        : MatchResult.create(Status.OK, found);
  }

  @Override
  protected WritableByteChannel create(Key key, CreateOptions options) {
    return new SeekableInMemoryByteChannel() {
      @Override
      public void close() {
        OBJECTS.put(key.name(), Arrays.copyOf(array(), (int) size()));
        super.close();
      }
    };
  }

  @Override
  protected ReadableByteChannel open(Key key) throws IOException {
    byte[] bytes = OBJECTS.get(key.name());
    if (bytes == null) {
      throw new FileNotFoundException(key.name());
    }
    return new SeekableInMemoryByteChannel(bytes);
  }

  @Override
  protected void copy(List<Key> from, List<Key> to) {
    for (int i = 0; i < from.size(); i++) {
      OBJECTS.put(to.get(i).name(), OBJECTS.get(from.get(i).name()));
    }
  }

  @Override
  protected void rename(List<Key> from, List<Key> to, MoveOptions... options) {
    copy(from, to);
    delete(from);
  }

  @Override
  protected void delete(Collection<Key> keys) {
    keys.forEach(key -> OBJECTS.remove(key.name()));
  }

  @Override
  protected Key matchNewResource(String name, boolean isDirectory) {
    return new Key(name);
  }

  @Override
  protected String getScheme() {
    return "mem";
  }

  /** A whole name, {@code mem://bucket/key}. */
  record Key(String name) implements ResourceId {
    @Override
    public ResourceId resolve(String other, ResolveOptions options) {
      return new Key(getCurrentDirectory() + other);
    }

    @Override
    public ResourceId getCurrentDirectory() {
      return new Key(name.substring(0, name.lastIndexOf('/') + 1));
    }

    @Override
    public String getScheme() {
      return "mem";
    }

    @Override
    public String getFilename() {
      return name.substring(name.lastIndexOf('/') + 1);
    }

    @Override
    public boolean isDirectory() {
      return name.endsWith("/");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  public static final class Registrar implements FileSystemRegistrar {
    @Override
    public Iterable<FileSystem<?>> fromOptions(PipelineOptions options) {
      return ImmutableList.of(new MemoryFileSystem());
    }
  }
}
