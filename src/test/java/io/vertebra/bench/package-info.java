/** What the benchmarks compare with: the least one would write with Vert.x alone. */
package io.vertebra.bench;
