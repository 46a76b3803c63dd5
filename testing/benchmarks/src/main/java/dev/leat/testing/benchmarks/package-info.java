/** Leat beside its peers: the same work, the same input, the rows compared. */
package dev.leat.testing.benchmarks;
