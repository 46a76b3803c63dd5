/**
 * Flights become a table: repeats dropped, then by hour and origin their number, the sum of delays
 * and distances, and the worst delay.
 */
package dev.leat.testing.benchmarks.table;
