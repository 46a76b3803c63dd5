package dev.leat.io.lake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * Commits the staged files of a bundle together.
 *
 * <p>Flink keeps the input of a step with {@code @RequiresStableInput} in its state and, when a
 * checkpoint that has it is complete, gives it all to one bundle ({@code
 * BufferingDoFnRunner.checkpointCompleted} in Beam 2.70): so there is one commit for a checkpoint,
 * of files that the job will not write again. It is not what makes the commit exactly once, which
 * holds for input that changes too; it saves the work of telling copies after a crash. At the end
 * of a bounded input Flink asks no checkpoint: {@code --enableStableInputDrain} must then be on.
 */
final class CommitLive extends DoFn<KV<Integer, Iterable<LiveFile>>, Void> {
  private static final long serialVersionUID = 1L;

  private final RawEvents events;
  private final DeadLetterRows letters;
  private final String runId;
  private final Map<String, String> properties;
  private transient @Nullable Warehouse warehouse;
  private transient @Nullable LiveCommit commit;
  private transient @Nullable List<LiveFile> batch;

  CommitLive(
      RawEvents events, DeadLetterRows letters, String runId, Map<String, String> properties) {
    this.events = events;
    this.letters = letters;
    this.runId = runId;
    this.properties = properties;
  }

  @StartBundle
  public void start() {
    batch = new ArrayList<>();
  }

  @ProcessElement
  @RequiresStableInput
  public void process(@Element KV<Integer, Iterable<LiveFile>> files) {
    if (batch == null) {
      throw new IllegalStateException("No bundle was started");
    }
    files.getValue().forEach(batch::add);
  }

  @FinishBundle
  public void finish() {
    if (batch != null && !batch.isEmpty()) {
      opened().commit(batch);
    }
    batch = null;
  }

  private LiveCommit opened() {
    LiveCommit opened = commit;
    if (opened == null) {
      Warehouse open = Warehouse.open(events.name());
      warehouse = open;
      opened = new LiveCommit(events.prepare(open), letters.prepare(open), runId, properties);
      commit = opened;
    }
    return opened;
  }

  @Teardown
  public void close() {
    if (warehouse != null) {
      warehouse.close();
    }
  }
}
