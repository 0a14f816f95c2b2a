package io.vertebra.registry;

/**
 * Takes an instance, or a node with all on it, out of use or back into it. What is in maintenance
 * has a critical check {@code _service_maintenance:<id>} or {@code _node_maintenance}.
 *
 * @param node 1 to 200 characters
 * @param instance its id on the node; empty for the node
 * @param enabled whether it is taken out of use
 * @param reason for people, at most 1,000 characters
 */
public record SetMaintenance(String node, String instance, boolean enabled, String reason) {
  /** The id of a node's check while it is in maintenance. */
  public static final String NODE_CHECK = "_node_maintenance";

  /** With an instance's id the id of its check while it is in maintenance. */
  public static final String SERVICE_CHECK = "_service_maintenance:";

  public SetMaintenance {
    Violations violations =
        new Violations()
            .name(node, "/node")
            .check(
                reason.length() <= Check.MAX_NOTES, "/reason", "must have at most 1000 characters");
    (instance.isEmpty() ? violations : violations.name(SERVICE_CHECK + instance, "/instance"))
        .throwIfAny();
  }

  /** The id of the check that stands for it. */
  public String checkId() {
    return instance.isEmpty() ? NODE_CHECK : SERVICE_CHECK + instance;
  }
}
