package dev.leat.io.lake;

import com.google.common.collect.ImmutableMap;
import dev.leat.io.spi.LiveRows;
import java.io.Serializable;

/**
 * What a live run writes its rows to.
 *
 * @param properties for the summaries of snapshots
 */
record RowTarget(
    DerivedRows rows, LiveRows live, String runId, ImmutableMap<String, String> properties)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final String VERSION = History.WORKFLOW_VERSION.substring(History.PREFIX.length());

  /** Revisions are comparable only among the rows of one version of a workflow. */
  String version() {
    return properties.getOrDefault(VERSION, "");
  }
}
