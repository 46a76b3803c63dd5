package dev.leat.pipelines.backfill;

/**
 * How a backfill is made.
 *
 * @param publish whether readers are to see it at the end
 * @param rebase whether it is put on the table as it is now, if others wrote meanwhile
 * @param restart whether it is made from the begin, whatever there is of it
 * @param emptyPartitions whether partitions may lose all rows because the raw table has no events
 * @param cores that the runner uses, for what is told of cost and speed
 */
public record BackfillOptions(
    boolean publish, boolean rebase, boolean restart, boolean emptyPartitions, int cores) {}
