/** How contenders are run, measured, checked and reported, whatever they do. */
package dev.leat.testing.benchmarks.compare;
