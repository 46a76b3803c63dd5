package dev.leat.io.lake;

/**
 * Versions that were forgotten, or would be.
 *
 * @param versions how many
 * @param kept how many there are still
 * @param keptForBookmarks how many of these are old, and kept only because they lead to a bookmark
 * @param files data files that only the forgotten versions had
 * @param bytes what those take
 */
public record ExpiredVersions(
    int versions, int kept, int keptForBookmarks, int files, long bytes) {}
