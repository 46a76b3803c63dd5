/**
 * For tests of Leat pipelines: {@link dev.leat.testing.kit.Events} makes event streams, {@link
 * dev.leat.testing.kit.Deliveries} delivers them as the world does, and the matchers say what is
 * expected of events, dead letters and rows.
 */
package dev.leat.testing.kit;
