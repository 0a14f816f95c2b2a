package io.vertebra.registry;

/**
 * What came of a write.
 *
 * @param changed whether anything was otherwise before
 * @param revision of the registry after it
 */
public record Registered(boolean changed, long revision) {}
