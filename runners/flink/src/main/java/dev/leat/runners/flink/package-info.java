/**
 * The FlinkRunner: embedded or on a cluster, with defaults that keep the data of a live run, and
 * refusals of settings that would lose it.
 */
package dev.leat.runners.flink;
