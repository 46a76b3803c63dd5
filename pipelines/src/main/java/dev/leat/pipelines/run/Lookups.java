package dev.leat.pipelines.run;

import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.workflow.Enrichment;
import dev.leat.pipelines.workflow.Workflow;
import java.io.FileNotFoundException;
import java.io.IOException;

/** Sees before a run that the workflow's lookups can be read. */
public final class Lookups {
  private Lookups() {}

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
