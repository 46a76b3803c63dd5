package dev.leat.io.kafka;

import dev.leat.block.RecordBlock;
import java.util.OptionalLong;

/**
 * Consecutive records of a partition that a poll brought, and what they are for its watermark.
 *
 * @param block what of them is wanted; may be empty
 * @param last the offset of the last of them, wanted or not
 * @param least the earliest event time in the block; empty if nothing in it has one
 * @param latest the latest event time of all of them; empty if none has one
 * @param allHaveTimes whether every record of the block has an event time
 */
record Fetched(
    int partition,
    RecordBlock block,
    long last,
    OptionalLong least,
    OptionalLong latest,
    boolean allHaveTimes) {}
