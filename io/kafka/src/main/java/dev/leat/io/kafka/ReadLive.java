package dev.leat.io.kafka;

import dev.leat.block.RecordBlock;
import dev.leat.io.spi.Offsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/** Reads on for ever: see {@link LiveReader}. */
final class ReadLive extends PTransform<PBegin, PCollection<RecordBlock>> {
  private static final long serialVersionUID = 1L;

  private final transient String topic;
  private final transient LiveSource source;

  ReadLive(SourceSettings settings, String origin, Map<Integer, Long> starts, Offsets taken) {
    this.topic = settings.address().topic();
    this.source = LiveSource.of(settings, origin, new TreeMap<>(starts), taken);
  }

  @Override
  public PCollection<RecordBlock> expand(PBegin input) {
    return input.apply("Read " + topic, Read.from(source));
  }
}
