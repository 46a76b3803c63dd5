/**
 * Blocks: hundreds of records encoded together, so that Beam's charge for an element is paid once
 * for many. Internal to Leat and its connectors; users see {@code PCollection<Event>} and {@code
 * PCollection<Row>}. See docs/design.md.
 */
package dev.leat.block;
