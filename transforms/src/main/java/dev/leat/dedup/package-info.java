/** Drops repeats: copies of an event that carry the same id. */
package dev.leat.dedup;
