/** The event: a CloudEvents 1.0 event with a place of origin, its coder and its JSON forms. */
package dev.leat.event;
