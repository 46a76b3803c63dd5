/** The command line. */
package dev.leat.pipelines.cli;
