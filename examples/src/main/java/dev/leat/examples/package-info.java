/** Jobs in Java, to begin with. */
package dev.leat.examples;
