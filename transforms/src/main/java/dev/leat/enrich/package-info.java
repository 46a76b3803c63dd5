/** Adds what another table knows of an event: lookups by key. */
package dev.leat.enrich;
