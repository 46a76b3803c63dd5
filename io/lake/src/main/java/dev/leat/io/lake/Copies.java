package dev.leat.io.lake;

import dev.leat.io.spi.Offsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Staged files sorted by what of them is known already, in the table or in a file before them.
 *
 * @param fresh have nothing that is known
 * @param overlapping have some; for each, the known offsets that it must be rewritten without
 * @param copies have nothing else
 */
record Copies(List<LiveFile> fresh, Map<LiveFile, Offsets> overlapping, List<LiveFile> copies) {

  /** Of files that all have a lineage. */
  static Copies among(Iterable<LiveFile> files, Offsets known) {
    List<LiveFile> fresh = new ArrayList<>();
    Map<LiveFile, Offsets> overlapping = new LinkedHashMap<>();
    List<LiveFile> copies = new ArrayList<>();
    Offsets seen = Offsets.copyOf(known);
    for (LiveFile file : files) {
      if (!seen.intersects(file.offsets())) {
        fresh.add(file);
      } else if (seen.containsAll(file.offsets())) {
        copies.add(file);
      } else {
        overlapping.put(file, Offsets.copyOf(seen));
      }
      seen.addAll(file.offsets());
    }
    return new Copies(fresh, overlapping, copies);
  }
}
