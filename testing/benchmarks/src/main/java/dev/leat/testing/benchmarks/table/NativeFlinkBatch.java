package dev.leat.testing.benchmarks.table;

import org.apache.flink.api.common.RuntimeExecutionMode;

/** The same program in Flink's batch mode, which sorts where streaming keeps state. */
final class NativeFlinkBatch {
  private NativeFlinkBatch() {}

  public static void main(String[] args) throws Exception {
    NativeFlink.run(args, RuntimeExecutionMode.BATCH);
  }
}
