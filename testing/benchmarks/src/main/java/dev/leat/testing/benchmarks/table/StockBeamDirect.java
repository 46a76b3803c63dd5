package dev.leat.testing.benchmarks.table;

import java.util.List;

/** The same on the DirectRunner, without its checks of elements. */
final class StockBeamDirect {
  private StockBeamDirect() {}

  public static void main(String[] args) {
    StockBeam.run(
        args,
        List.of(
            "--runner=DirectRunner",
            "--targetParallelism=2",
            "--enforceImmutability=false",
            "--enforceEncodability=false"));
  }
}
