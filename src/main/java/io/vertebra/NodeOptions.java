package io.vertebra;

import io.vertebra.api.Fields;
import java.util.List;
import java.util.Set;

/**
 * What this node is.
 *
 * @param name what people call it, at most 100 characters; empty for none
 * @param roles what it runs: {@code gateway} carries traffic, {@code core} keeps state
 * @param eventLoops threads that move bytes, 1 to 256; 0 for one per core
 */
public record NodeOptions(String name, List<String> roles, int eventLoops) {
  private static final Set<String> ROLES = Set.of("gateway", "core");

  static NodeOptions from(Fields fields) {
    String name = fields.text("name", 0, 100).about("What people call this node.").orElse("");
    List<String> roles =
        fields
            .texts("roles", 2, 10)
            .about("What this node runs: gateway carries traffic, core keeps state.")
            .matching(
                given -> !given.isEmpty() && ROLES.containsAll(given),
                "must hold gateway, core or both")
            .orElse(List.of("gateway", "core"));
    int eventLoops =
        fields
            .integer("eventLoops", 0, 256)
            .about("Threads that move bytes; 0 for one per core.")
            .orElse(0);
    return fields.build(() -> new NodeOptions(name, List.copyOf(roles), eventLoops));
  }

  boolean runs(String role) {
    return roles.contains(role);
  }

  /** The threads to start on a machine with this many cores. */
  int eventLoops(int cores) {
    return eventLoops == 0 ? cores : eventLoops;
  }
}
