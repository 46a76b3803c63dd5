package dev.leat.io.lake;

import java.util.List;

/**
 * How the current version of a table was changed.
 *
 * @param from what was current; the same as {@code to} if nothing had to be done
 * @param undone the versions that the table no longer stands on, the newest first: they stay
 *     readable, and can be gone forward to, until they are expired
 * @param redone the versions it stands on again, the newest first
 */
public record RolledBack(
    TableVersion from, TableVersion to, List<TableVersion> undone, List<TableVersion> redone) {}
