/** Running a Beam pipeline from the command line: its runner, its options, its counts, its end. */
package dev.leat.pipelines.job;
