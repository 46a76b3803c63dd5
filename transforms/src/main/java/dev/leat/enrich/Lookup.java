package dev.leat.enrich;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;

/**
 * A table of rows by key, read on the worker. Implementations hold where it is, not what is in it.
 */
public interface Lookup extends Serializable {
  /**
   * Reads the table, once on each worker.
   *
   * @throws IOException if it cannot be read; the job then fails
   */
  Map<String, ObjectNode> load() throws IOException;
}
