/** The main job on real data with embedded parts, for the first minute with Leat. */
package dev.leat.pipelines.quickstart;
