package dev.leat.io.kafka;

import dev.leat.block.RecordBlock;
import dev.leat.io.kafka.TopicLog.Description;
import dev.leat.io.spi.Offsets;
import dev.leat.io.spi.Source;
import java.util.Map;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/** A topic as a log. Offsets are resolved when the reading is applied. */
record KafkaLog(SourceSettings settings, Description topic) implements Source.OfLog {
  @Override
  public boolean isUnbounded() {
    return settings.end().isEmpty();
  }

  @Override
  public PTransform<PBegin, PCollection<RecordBlock>> read(Offsets taken) {
    return new Read(this, Offsets.copyOf(taken));
  }

  private static final class Read extends PTransform<PBegin, PCollection<RecordBlock>> {
    private static final long serialVersionUID = 1L;

    private final transient KafkaLog log;
    private final transient Offsets taken;

    Read(KafkaLog log, Offsets taken) {
      this.log = log;
      this.taken = taken;
    }

    @Override
    public PCollection<RecordBlock> expand(PBegin input) {
      SourceSettings settings = log.settings;
      String origin = log.topic.origin(settings.address());
      try (TopicLog now = TopicLog.open(settings.client(), log.topic)) {
        OffsetPlan plan = new OffsetPlan(settings, origin, now);
        Map<Integer, Long> starts = plan.starts(taken);
        return log.isUnbounded()
            ? input.apply("Read live", new ReadLive(settings, origin, starts, taken))
            : input.apply(
                "Read until the end",
                new ReadBounded(settings, origin, starts, plan.ends(), taken));
      }
    }
  }
}
