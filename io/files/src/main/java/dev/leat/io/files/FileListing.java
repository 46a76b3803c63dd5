package dev.leat.io.files;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;

/**
 * What files a place names: one file, or all that a glob matches, in the order of names.
 *
 * <p>As in a shell, wildcards do not match a name that begins with a dot, nor look into a folder
 * whose name does, unless the glob has a name that begins with a dot itself.
 */
final class FileListing {
  private static final Pattern WILDCARD = Pattern.compile("[*?\\[{]");
  private static final Pattern ASKS_FOR_HIDDEN = Pattern.compile("(^|[/{,])\\.");

  private FileListing() {}

  /**
   * Lists the files.
   *
   * @return at least one
   * @throws UsageException if the place is a folder or a file system that Beam does not know
   * @throws UnreachableException if there is no such file
   */
  static List<InputFile> of(ConnectorUri uri) {
    String spec = specOf(uri);
    List<MatchResult.Metadata> found = match(uri, spec);
    List<InputFile> files = filesOf(spec, found);
    if (files.isEmpty() && !found.isEmpty() && found.get(0).resourceId().isDirectory()) {
      throw new UsageException(
          uri + " is a folder; expected files, for example " + withoutEndSlash(uri) + "/*.jsonl");
    }
    if (files.isEmpty()) {
      throw new UnreachableException(
          isGlob(spec) ? uri + ": no file matches" : uri + ": there is no such file");
    }
    return files;
  }

  /** What matches {@code spec}, possibly nothing; {@code uri} is what errors name. */
  static List<InputFile> matching(ConnectorUri uri, String spec) {
    return filesOf(spec, match(uri, spec));
  }

  /**
   * The place as an absolute path, so that a file has one name wherever a run is started, and the
   * name can be told from {@code scheme:…}.
   */
  static String specOf(ConnectorUri uri) {
    String path = uri.path();
    return uri.isRemote() ? path : Path.of(path).toAbsolutePath().normalize().toString();
  }

  /** The folder that a spec has before its first wildcard, without a slash at its end. */
  static String folderOf(String spec) {
    var wildcard = WILDCARD.matcher(spec);
    int end = spec.lastIndexOf('/', wildcard.find() ? wildcard.start() : spec.length());
    return end < 0 ? "" : spec.substring(0, end);
  }

  static boolean isGlob(String spec) {
    return WILDCARD.matcher(spec).find();
  }

  private static List<MatchResult.Metadata> match(ConnectorUri uri, String spec) {
    try {
      return FileSystems.match(spec, EmptyMatchTreatment.ALLOW).metadata();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IllegalArgumentException e) {
      throw new UsageException(uri + ": " + e.getMessage());
    } catch (IOException e) {
      throw new UnreachableException(uri + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static List<InputFile> filesOf(String spec, List<MatchResult.Metadata> found) {
    String folder = folderOf(spec);
    boolean hiddenToo = ASKS_FOR_HIDDEN.matcher(spec.substring(folder.length())).find();
    List<InputFile> files = new ArrayList<>();
    for (MatchResult.Metadata file : found) {
      String name = file.resourceId().toString();
      String below = name.startsWith(folder) ? name.substring(folder.length()) : name;
      if (!file.resourceId().isDirectory() && (hiddenToo || !below.contains("/."))) {
        files.add(InputFile.of(name, file.sizeBytes(), file.lastModifiedMillis()));
      }
    }
    files.sort(Comparator.comparing(InputFile::name));
    return files;
  }

  private static String withoutEndSlash(ConnectorUri uri) {
    String text = uri.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
