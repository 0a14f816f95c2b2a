package io.vertebra.registry;

import java.util.List;

/**
 * A node with all that is on it.
 *
 * @param instances by id
 * @param checks of the node and of its instances, by id
 */
public record NodeHealth(
    Entry<Node> node, List<Entry<Instance>> instances, List<Entry<HealthCheck>> checks) {}
