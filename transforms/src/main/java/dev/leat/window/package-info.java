/** Event-time windows: fixed, sliding, session; how late is too late; when live results appear. */
package dev.leat.window;
