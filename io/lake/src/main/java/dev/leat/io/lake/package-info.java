/**
 * The lake: Apache Iceberg tables of Parquet files. The raw lake holds all events and the dead
 * letters beside them; derived tables hold the rows that workflows compute from it.
 */
package dev.leat.io.lake;
