/** The few encodings that events, blocks and saved state are made of. Internal to Leat. */
package dev.leat.bytes;
