package io.vertebra.consul;

import io.vertebra.registry.CheckQuery;
import io.vertebra.registry.CheckStatus;
import io.vertebra.registry.Entry;
import io.vertebra.registry.FoundCheck;
import io.vertebra.registry.Indexed;
import io.vertebra.registry.Node;
import io.vertebra.registry.Reading;
import io.vertebra.registry.RegistryService;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether sessions have what they need to live: their node and their checks. */
final class SessionChecks {
  private final RegistryService registry;
  private final String agent;

  /**
   * @param agent the node that is always there
   */
  SessionChecks(RegistryService registry, String agent) {
    this.registry = registry;
    this.agent = agent;
  }

  /**
   * What the registry says.
   *
   * @param nodes their names
   * @param checks their status, by node and id
   * @param index after which this may be different
   */
  record View(Set<String> nodes, Map<String, CheckStatus> checks, long index) {

    /** What a session lacks, in Consul's words; empty if nothing. */
    Optional<String> lack(Session session) {
      if (!nodes.contains(session.node())) {
        return Optional.of("Missing node registration");
      }
      for (String id : allChecks(session)) {
        CheckStatus status = checks.get(place(session.node(), id));
        if (status == null) {
          return Optional.of("Missing check '" + id + "' registration");
        }
        if (status == CheckStatus.CRITICAL) {
          return Optional.of("Check '" + id + "' is in critical state");
        }
      }
      return Optional.empty();
    }
  }

  private static List<String> allChecks(Session session) {
    Set<String> all = new HashSet<>(session.nodeChecks());
    all.addAll(session.serviceChecks());
    all.remove(Session.SERF_HEALTH);
    return List.copyOf(all);
  }

  private static String place(String node, String id) {
    return node + "\0" + id;
  }

  /** Whether a session needs nothing but this node. */
  boolean isFree(Session session) {
    return session.node().equals(agent) && allChecks(session).isEmpty();
  }

  /** Fails in Consul's words if a session cannot live. */
  Future<Void> require(Session session) {
    return isFree(session)
        ? Future.succeededFuture()
        : view(Reading.NOW)
            .compose(
                view ->
                    view.lack(session)
                        .map(SessionChecks::refused)
                        .orElseGet(Future::succeededFuture));
  }

  private static Future<Void> refused(String lack) {
    return Future.failedFuture(ConsulException.refused(lack));
  }

  /** What the registry says of nodes, and of checks as the reading asks. */
  Future<View> view(Reading reading) {
    return registry
        .checks(CheckQuery.ALL, reading)
        .compose(checks -> registry.nodes(Reading.NOW).map(nodes -> view(checks, nodes.value())));
  }

  private View view(Indexed<List<FoundCheck>> found, List<Entry<Node>> entries) {
    Set<String> nodes = new HashSet<>(Set.of(agent));
    entries.forEach(entry -> nodes.add(entry.value().name()));
    Map<String, CheckStatus> checks = new HashMap<>();
    for (FoundCheck check : found.value()) {
      String node = check.check().value().check().node();
      String id = check.check().value().check().id();
      checks.put(place(node, id), check.check().value().status());
    }
    return new View(nodes, checks, found.index());
  }
}
