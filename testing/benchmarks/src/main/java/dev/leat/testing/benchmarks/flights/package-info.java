/** The data of the comparison: flights that are made here, the same ones every time. */
package dev.leat.testing.benchmarks.flights;
