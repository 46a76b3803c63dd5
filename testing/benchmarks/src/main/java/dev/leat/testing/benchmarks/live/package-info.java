/** W2: a log that is read live becomes a table. */
package dev.leat.testing.benchmarks.live;
