package dev.leat.dedup;

import dev.leat.block.EventBlock;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Drops repeats among all the blocks of a producer, and reports what is missing at the end. */
final class GroupSequences extends DoFn<KV<String, Iterable<EventBlock>>, EventBlock> {

  @ProcessElement
  public void process(@Element KV<String, Iterable<EventBlock>> blocks, MultiOutputReceiver out) {
    ProducerState producer = ProducerState.empty();
    SequenceSorter sorter = new SequenceSorter(producer, out);
    blocks.getValue().forEach(sorter::sort);
    sorter.finish();
    SequenceSorter.report(blocks.getKey(), producer.gaps(), out.get(SequenceSorter.GAPS));
  }
}
