package dev.leat.pipelines.backfill;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What is told of a backfill.
 *
 * @param text lines for people
 * @param json for orchestrators
 */
public record Report(String text, ObjectNode json) {}
