package io.vertebra.registry;

import java.util.Optional;

/**
 * Which checks are wanted.
 *
 * @param service of whose instances; empty for all, those of nodes too
 * @param node on which; empty for any
 * @param status in which they are; empty for any
 */
public record CheckQuery(String service, String node, Optional<CheckStatus> status) {
  /** All checks. */
  public static final CheckQuery ALL = new CheckQuery("", "", Optional.empty());

  /** Those of the instances of a service. */
  public static CheckQuery ofService(String service) {
    return new CheckQuery(service, "", Optional.empty());
  }

  /** Those of a node and of the instances on it. */
  public static CheckQuery ofNode(String node) {
    return new CheckQuery("", node, Optional.empty());
  }

  /** Those in a status. */
  public static CheckQuery in(CheckStatus status) {
    return new CheckQuery("", "", Optional.of(status));
  }
}
