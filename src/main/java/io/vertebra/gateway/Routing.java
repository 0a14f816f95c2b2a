package io.vertebra.gateway;

import io.vertebra.balancer.LiveUpstream;
import io.vertebra.route.Entry;
import io.vertebra.route.Route;
import io.vertebra.route.RouteTable;
import java.util.List;
import java.util.Map;

/**
 * One state of the route table and what it leads to; immutable, replaced as a whole, so that a
 * request sees one state from beginning to end.
 *
 * @param routes the definitions that the table was made of
 * @param targets by the route's name
 * @param upstreams by name
 */
record Routing(
    long revision,
    Map<String, Entry<Route>> routes,
    RouteTable table,
    Map<String, Target> targets,
    Map<String, LiveUpstream> upstreams) {
  static final Routing EMPTY =
      new Routing(0, Map.of(), RouteTable.of(List.of()), Map.of(), Map.of());
}
