package io.vertebra.registry;

import java.util.Optional;

/**
 * A check and what it is about.
 *
 * @param instance empty if it is about the node
 */
public record FoundCheck(Entry<HealthCheck> check, Optional<Entry<Instance>> instance) {}
