package io.vertebra.registry;

import java.time.Duration;

/**
 * A way to tell whether an instance, or a node with all on it, is well.
 *
 * @param node 1 to 200 characters
 * @param id unique on the node, 1 to 200 characters
 * @param instance the id of the instance on the node; empty if it is about the node
 * @param name for people, at most 200 characters
 * @param notes for people, at most 1,000 characters
 * @param deregisterAfter how long it may be critical before its instance is removed, 1 min to 30
 *     days; zero for ever
 */
public record Check(
    String node,
    String id,
    String instance,
    String name,
    String notes,
    CheckDefinition definition,
    Duration deregisterAfter) {
  static final Duration MIN_DEREGISTER = Duration.ofMinutes(1);
  static final Duration MAX_DEREGISTER = Duration.ofDays(30);
  static final int MAX_NOTES = 1_000;

  public Check {
    Violations violations =
        new Violations()
            .name(node, "/node")
            .name(id, "/id")
            .text(name, "/name", Violations.MAX_NAME)
            .check(notes.length() <= MAX_NOTES, "/notes", "must have at most 1000 characters")
            .check(
                deregisterAfter.isZero()
                    || (deregisterAfter.compareTo(MIN_DEREGISTER) >= 0
                        && deregisterAfter.compareTo(MAX_DEREGISTER) <= 0),
                "/deregisterAfterMs",
                "must be 0 or 60000 to 2592000000");
    (instance.isEmpty() ? violations : violations.name(instance, "/instance")).throwIfAny();
  }

  /** A check of an instance that is never removed for it. */
  public static Check of(Instance instance, String id, CheckDefinition definition) {
    return new Check(instance.node(), id, instance.id(), id, "", definition, Duration.ZERO);
  }
}
