/** From a source into the raw lake. */
package dev.leat.pipelines.ingest;
