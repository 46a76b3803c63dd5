/** Records that could not be used: their bytes, the reason, the step and the origin. */
package dev.leat.deadletter;
