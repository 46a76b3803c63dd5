/** Records of the raw lake and dead letters once more: into the log, or through a workflow. */
package dev.leat.pipelines.replay;
