package io.vertebra.gateway;

import io.vertebra.balancer.LiveUpstream;
import io.vertebra.route.RouteTable;
import java.util.Map;

/**
 * One state of the route table and what it leads to; immutable, replaced as a whole, so that a
 * request sees one state from beginning to end.
 *
 * @param targets by the route's name
 * @param upstreams by name
 */
record Routing(
    long revision,
    RouteTable table,
    Map<String, Target> targets,
    Map<String, LiveUpstream> upstreams) {
  static final Routing EMPTY =
      new Routing(0, RouteTable.of(java.util.List.of()), Map.of(), Map.of());
}
