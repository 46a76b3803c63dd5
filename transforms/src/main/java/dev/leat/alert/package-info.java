/** Rules about the health of a run, and what is raised when one is broken. */
package dev.leat.alert;
