package io.vertebra.registry;

import java.util.List;
import java.util.Optional;

/**
 * Asks for a node, an instance on it and checks of either, all at once or none.
 *
 * @param node to be as told here; empty to keep it as it is, or make it by its name alone
 * @param instance to be as told here; empty for none
 * @param checks of the same node, at most 32
 * @param replaceChecks whether other checks of the instance are removed
 */
public record Registration(
    Optional<Node> node,
    Optional<Instance> instance,
    List<RegisterCheck> checks,
    boolean replaceChecks) {
  /** The most checks at once. */
  public static final int MAX_CHECKS = 32;

  public Registration {
    checks = List.copyOf(checks);
    new Violations()
        .check(
            node.isPresent() || instance.isPresent() || !checks.isEmpty(),
            "",
            "must have a node, an instance or a check")
        .check(checks.size() <= MAX_CHECKS, "/checks", "must have at most " + MAX_CHECKS + " items")
        .throwIfAny();
    String name = nodeOf(node, instance, checks);
    new Violations()
        .check(
            instance.map(Instance::node).orElse(name).equals(name),
            "/instance/node",
            "must be the node " + name)
        .check(
            checks.stream().allMatch(each -> each.check().node().equals(name)),
            "/checks",
            "must be of the node " + name)
        .throwIfAny();
  }

  /** An instance with its checks, in the place of those it had. */
  public static Registration of(Instance instance, RegisterCheck... checks) {
    return new Registration(Optional.empty(), Optional.of(instance), List.of(checks), true);
  }

  /** A node. */
  public static Registration of(Node node) {
    return new Registration(Optional.of(node), Optional.empty(), List.of(), false);
  }

  /** One check. */
  public static Registration of(RegisterCheck check) {
    return new Registration(Optional.empty(), Optional.empty(), List.of(check), false);
  }

  /** The node that all of this is on. */
  public String nodeName() {
    return nodeOf(node, instance, checks);
  }

  private static String nodeOf(
      Optional<Node> node, Optional<Instance> instance, List<RegisterCheck> checks) {
    return node.map(Node::name)
        .or(() -> instance.map(Instance::node))
        .orElseGet(() -> checks.get(0).check().node());
  }
}
