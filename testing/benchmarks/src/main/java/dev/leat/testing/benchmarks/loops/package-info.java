/** Leat's inner loops by themselves, measured with JMH. */
package dev.leat.testing.benchmarks.loops;
