package io.vertebra.config;

/**
 * What a key held once.
 *
 * @param until revision of the release that changed or removed it
 */
record Past(long until, Entry entry) {}
