/**
 * Three nodes in processes of their own under load, while things break: what was promised must hold
 * of all that the clients saw.
 */
package io.vertebra.faults;
