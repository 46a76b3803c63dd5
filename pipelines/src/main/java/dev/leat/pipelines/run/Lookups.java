package dev.leat.pipelines.run;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.hash.HashingInputStream;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.workflow.Enrichment;
import dev.leat.pipelines.workflow.Workflow;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.Optional;
import org.apache.beam.sdk.io.FileSystems;

/** Sees before a run that the workflow's lookups can be read. */
public final class Lookups {
  private Lookups() {}

  /**
   * What the lookups hold, in 12 hex digits; empty if there are none. A row depends on it as it
   * does on the workflow's version.
   *
   * @throws UnreachableException if one cannot be read
   */
  public static Optional<String> fingerprint(Workflow workflow) {
    if (workflow.enrich().isEmpty()) {
      return Optional.empty();
    }
    Hasher all = Hashing.sha256().newHasher();
    for (Enrichment each : workflow.enrich()) {
      String file = each.lookup().file();
      try (InputStream in =
          Channels.newInputStream(
              FileSystems.open(FileSystems.matchSingleFileSpec(file).resourceId()))) {
        HashingInputStream hashed = new HashingInputStream(Hashing.sha256(), in);
        hashed.transferTo(OutputStream.nullOutputStream());
        all.putBytes(hashed.hash().asBytes());
      } catch (IOException e) {
        throw new UnreachableException("enrich " + each.as() + ": " + file + " cannot be read", e);
      }
    }
    return Optional.of(all.hash().toString().substring(0, 12));
  }

  /**
   * Reads every lookup once.
   *
   * @throws UnreachableException if one is not there
   * @throws UsageException if one is not what it should be
   */
  public static void check(Workflow workflow) {
    for (Enrichment each : workflow.enrich()) {
      String place = "enrich " + each.as() + ": ";
      try {
        each.lookup().load();
      } catch (FileNotFoundException e) {
        throw new UnreachableException(place + each.lookup().file() + ": there is no such file", e);
      } catch (IOException e) {
        throw new UsageException(place + e.getMessage());
      }
    }
  }
}
