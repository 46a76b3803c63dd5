/** A folder of workflows, of which some read the tables of others. */
package dev.leat.pipelines.folder;
