/** The workflow as a pipeline: from events to rows, from a source to a sink. */
package dev.leat.pipelines.run;
