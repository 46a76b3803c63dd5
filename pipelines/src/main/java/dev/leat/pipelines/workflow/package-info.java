/** The workflow: what is to be done with events, written in YAML, checked as a whole. */
package dev.leat.pipelines.workflow;
