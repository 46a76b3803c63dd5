/** Measures per group and window, the same in any order of arrival. */
package dev.leat.aggregate;
