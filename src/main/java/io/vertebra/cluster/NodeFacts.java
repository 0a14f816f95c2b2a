package io.vertebra.cluster;

import java.time.Instant;
import java.util.List;

/**
 * What a node tells the others about itself when it joins.
 *
 * @param name what people call it; may be empty
 * @param startedAt by its own clock
 */
public record NodeFacts(String name, List<String> roles, String version, Instant startedAt) {

  public NodeFacts {
    roles = List.copyOf(roles);
  }
}
