/**
 * Dropped files as a source (JSON lines, JSON, CSV, text, Parquet), and files and standard output
 * as sinks.
 *
 * <p>Reading: {@link dev.leat.io.files.FileListing} finds the files, {@link
 * dev.leat.io.files.ReadFiles} spreads them over the workers, a {@link dev.leat.io.files.FileScan}
 * cuts one into records. Writing: {@link dev.leat.io.files.WriteFolder} stages part files and
 * {@link dev.leat.io.files.Publication} makes them visible.
 */
package dev.leat.io.files;
