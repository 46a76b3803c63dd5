/** Tables of a database as a sink of rows. */
package dev.leat.io.jdbc;
