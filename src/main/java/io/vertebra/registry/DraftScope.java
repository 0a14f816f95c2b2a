package io.vertebra.registry;

import java.util.Set;

/**
 * What a {@link Draft} is about.
 *
 * @param nodes names of nodes that are read or written by themselves
 * @param wholeNodes names of nodes that are asked for with all that is on them
 * @param instances asked for with their checks
 * @param checks asked for with their instances
 */
public record DraftScope(
    Set<String> nodes, Set<String> wholeNodes, Set<ItemKey> instances, Set<ItemKey> checks) {

  public DraftScope {
    nodes = Set.copyOf(nodes);
    wholeNodes = Set.copyOf(wholeNodes);
    instances = Set.copyOf(instances);
    checks = Set.copyOf(checks);
  }

  boolean isEmpty() {
    return nodes.isEmpty() && wholeNodes.isEmpty() && instances.isEmpty() && checks.isEmpty();
  }
}
