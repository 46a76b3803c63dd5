/** From raw records to events: the mapping, and the transform that applies it. */
package dev.leat.ingest;
