/** Backfills: what a workflow makes of a part of history, planned, sampled, made and published. */
package dev.leat.pipelines.backfill;
