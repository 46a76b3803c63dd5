/** What the peers' programs share: engines set up as someone does who wants them fast. */
package dev.leat.testing.benchmarks.peers;
