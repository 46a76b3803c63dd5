/** Kafka topics as a source, live or bounded, and as a sink of rows. */
package dev.leat.io.kafka;
