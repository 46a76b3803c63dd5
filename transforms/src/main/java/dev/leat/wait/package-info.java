/**
 * Steps that wait until all of a bounded collection is there, none included.
 *
 * <p>What they wait for is never an empty view: the DirectRunner of Beam 2.70 can wait for one for
 * ever (docs/adr/0026).
 */
package dev.leat.wait;
