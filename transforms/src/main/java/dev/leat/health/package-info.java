/** What a run counts, by name, and what is measured of it. */
package dev.leat.health;
