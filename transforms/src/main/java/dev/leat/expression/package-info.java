/** Filters and derived fields, written in CEL. */
package dev.leat.expression;
