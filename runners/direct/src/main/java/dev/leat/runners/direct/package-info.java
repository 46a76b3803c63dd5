/** The DirectRunner: for trying a workflow on a small input, in one process. */
package dev.leat.runners.direct;
