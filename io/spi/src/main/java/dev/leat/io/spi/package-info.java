/**
 * What a connector is: sources and sinks, found through {@link java.util.ServiceLoader} by the
 * scheme of a URI.
 */
package dev.leat.io.spi;
