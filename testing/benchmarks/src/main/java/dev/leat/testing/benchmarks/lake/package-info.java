/** Lines become a raw lake: each whole, in Parquet, in a folder for each day of event time. */
package dev.leat.testing.benchmarks.lake;
