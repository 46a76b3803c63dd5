package dev.leat.pipelines.workflow;

import dev.leat.enrich.EnrichEvents;
import dev.leat.enrich.FileLookup;
import dev.leat.field.FieldRef;

/**
 * One step of {@code enrich}: the row that a lookup has for a field becomes a derived field. The
 * lookup is not opened yet.
 *
 * @param lookup the table; a relative path in a workflow file is relative to that file
 * @param key the field whose value is looked up
 * @param as the name of the derived field
 * @param missing what becomes of an event whose key is not in the lookup
 */
public record Enrichment(
    FileLookup lookup, FieldRef key, String as, EnrichEvents.Missing missing) {}
