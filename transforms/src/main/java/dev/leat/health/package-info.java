/** What a run counts, by name. */
package dev.leat.health;
