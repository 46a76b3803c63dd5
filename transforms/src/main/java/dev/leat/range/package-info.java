/** Sets of whole numbers as ranges: the offsets and sequence numbers that have been seen. */
package dev.leat.range;
