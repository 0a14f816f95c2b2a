package io.vertebra.registry;

import java.util.List;

/**
 * An instance, the node it runs on, and the checks of both.
 *
 * @param checks of the instance, then of the node, each by id
 */
public record InstanceHealth(
    Entry<Node> node, Entry<Instance> instance, List<Entry<HealthCheck>> checks) {

  /** The worst status of all checks; passing if there are none. */
  public CheckStatus status() {
    return CheckStatus.worst(checks.stream().map(check -> check.value().status()).toList());
  }

  /** The instance's address, or else the node's; empty if neither has one. */
  public String address() {
    String own = instance.value().address();
    return own.isEmpty() ? node.value().address() : own;
  }

  /** Its share of the calls, by how well it is; 0 if it is not to be called. */
  public int weight() {
    Weights weights = instance.value().weights();
    return switch (status()) {
      case PASSING -> weights.passing();
      case WARNING -> weights.warning();
      case CRITICAL -> 0;
    };
  }
}
