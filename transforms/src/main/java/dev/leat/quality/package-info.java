/** Rules that a result must keep before it is published, and the step that holds it back. */
package dev.leat.quality;
