package dev.leat.io.lake;

import dev.leat.io.spi.Offsets;
import java.util.List;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Table;

/** One of the two tables of a live ingest: what it knows already, and how a commit to it looks. */
interface RawTarget {
  Table table();

  /** Looks at the table as it was just refreshed. */
  View look(List<LiveFile> files);

  /** Files are in their place and not yet committed. */
  FaultPoint published();

  /** What a table was found to know; a commit that is made from it holds only while it is so. */
  interface View {
    /** Rows that must not be added again. */
    Offsets known();

    /** Whether a file whose rows have no lineage is in the table. */
    boolean has(LiveFile withoutLineage);

    /** Whether there is something to commit though no file is to be added. */
    boolean hasNews();

    /** Completes a commit of these files, and makes it fail if this view no longer holds. */
    void describe(AppendFiles append, List<LiveFile> added);

    /** Cleans up after a commit that failed. */
    void discard();
  }
}
