/** Places in an event: the payload's pointers, the envelope's names, derived fields. */
package dev.leat.field;
