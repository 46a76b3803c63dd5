package dev.leat.testing.benchmarks.table;

import org.apache.flink.api.common.RuntimeExecutionMode;

/** The same program in Flink's batch mode, which sorts where streaming keeps state. */
final class NativeFlinkBatchFromLake {
  private NativeFlinkBatchFromLake() {}

  public static void main(String[] args) throws Exception {
    NativeFlinkFromLake.run(args, RuntimeExecutionMode.BATCH);
  }
}
