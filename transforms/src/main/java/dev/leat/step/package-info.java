/** Functions of one event at a time, and the transforms that run them on events and on blocks. */
package dev.leat.step;
