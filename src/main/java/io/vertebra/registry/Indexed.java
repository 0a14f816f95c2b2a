package io.vertebra.registry;

/**
 * An answer and the index at which it stands, to wait for the next one by.
 *
 * @param index greatest revision of what was asked for, removals included; at least 1
 */
public record Indexed<T>(long index, T value) {}
