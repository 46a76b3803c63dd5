package dev.leat.testing.benchmarks.peers;

import dev.leat.testing.benchmarks.compare.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Flink embedded in a process: parallelism 2, object reuse, and a quarter of the heap's size as
 * managed memory, in which batch jobs sort (by default it is 128 MB).
 */
public final class FlinkLocal {
  private FlinkLocal() {}

  public static StreamExecutionEnvironment environment(RuntimeExecutionMode mode) {
    Configuration configuration = new Configuration();
    configuration.set(
        TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(managedMebibytes()));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(Task.THREADS, configuration);
    environment.setRuntimeMode(mode);
    environment.getConfig().enableObjectReuse();
    return environment;
  }

  /** Beam's options for the same. */
  public static List<String> beamOptions(Path scratch) throws IOException {
    Path folder = Files.createDirectories(scratch.resolve("flink"));
    Files.writeString(
        folder.resolve("config.yaml"),
        "taskmanager.memory.managed.size: %dm\n".formatted(managedMebibytes()));
    return List.of(
        "--runner=FlinkRunner",
        "--flinkMaster=[local]",
        "--flinkConfDir=" + folder,
        "--parallelism=" + Task.THREADS,
        "--objectReuse=true",
        "--fasterCopy=true");
  }

  private static long managedMebibytes() {
    return Runtime.getRuntime().maxMemory() / 4 / 1024 / 1024;
  }
}
