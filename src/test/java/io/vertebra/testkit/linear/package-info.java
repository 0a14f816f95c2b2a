/**
 * Whether what clients saw of a store can be explained by a store that does one thing at a time.
 */
package io.vertebra.testkit.linear;
