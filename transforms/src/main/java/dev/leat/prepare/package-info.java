/**
 * The front of a compiled workflow in one step: records are parsed, go through the steps that look
 * at one event, and are reduced to what they add to the result. Internal to Leat; see
 * docs/blocks.md.
 */
package dev.leat.prepare;
