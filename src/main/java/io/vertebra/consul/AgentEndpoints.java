package io.vertebra.consul;

import io.vertebra.cluster.ClusterService;
import io.vertebra.cluster.Member;
import io.vertebra.registry.CheckQuery;
import io.vertebra.registry.Entry;
import io.vertebra.registry.FoundCheck;
import io.vertebra.registry.Instance;
import io.vertebra.registry.NodeHealth;
import io.vertebra.registry.Reading;
import io.vertebra.registry.RegistryService;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * The reads of {@code /v1/agent}. Every node of the cluster answers as the same agent, so that what
 * was registered by one is found by all.
 */
final class AgentEndpoints {
  private static final String PATH = "/v1/agent/";

  /** The version of Consul whose API this is. */
  private static final String VERSION = "1.20.0";

  private static final String UNKNOWN =
      "Unknown service ID \"%s\". Ensure that the service ID is passed, not the service name.";

  private final RegistryService registry;
  private final ClusterService cluster;
  private final RegistryJson json;
  private final String node;

  /**
   * @param node the agent's
   */
  AgentEndpoints(RegistryService registry, ClusterService cluster, RegistryJson json, String node) {
    this.registry = registry;
    this.cluster = cluster;
    this.json = json;
    this.node = node;
  }

  void offer(Paths paths) {
    paths.get(PATH + "self", asked -> Future.succeededFuture(Reply.json(self())));
    paths.get(PATH + "members", asked -> Future.succeededFuture(Reply.json(members())));
    paths.get(PATH + "services", this::services);
    paths.get(PATH + "service/", this::service);
    paths.get(PATH + "checks", this::checks);
  }

  private JsonObject self() {
    JsonObject config =
        new JsonObject()
            .put("Datacenter", json.datacenter())
            .put("PrimaryDatacenter", json.datacenter())
            .put("NodeName", node)
            .put("NodeID", RegistryJson.nodeId(node))
            .put("Revision", "")
            .put("Server", true)
            .put("Version", VERSION);
    return new JsonObject()
        .put("Config", config)
        .put("DebugConfig", new JsonObject())
        .put("Coord", coordinate())
        .put("Member", member(node, json.address(), 0))
        .put("Stats", new JsonObject())
        .put("Meta", new JsonObject());
  }

  private static JsonObject coordinate() {
    return new JsonObject()
        .put("Adjustment", 0)
        .put("Error", 1.5)
        .put("Height", 0)
        .put("Vec", new JsonArray(List.of(0, 0, 0, 0, 0, 0, 0, 0)));
  }

  private JsonArray members() {
    JsonArray members = new JsonArray();
    for (Member member : cluster.members()) {
      String address = member.address();
      int colon = address.lastIndexOf(':');
      members.add(
          member(
              member.facts().name(),
              address.substring(0, colon),
              Integer.parseInt(address.substring(colon + 1))));
    }
    return members;
  }

  private JsonObject member(String name, String address, int port) {
    return new JsonObject()
        .put("Name", name)
        .put("Addr", address)
        .put("Port", port)
        .put(
            "Tags",
            new JsonObject()
                .put("dc", json.datacenter())
                .put("id", RegistryJson.nodeId(name))
                .put("role", "consul"))
        .put("Status", 1)
        .put("ProtocolMin", 1)
        .put("ProtocolMax", 5)
        .put("ProtocolCur", 2)
        .put("DelegateMin", 2)
        .put("DelegateMax", 5)
        .put("DelegateCur", 4);
  }

  private Future<List<Entry<Instance>>> instances() {
    return registry
        .node(node, Reading.NOW)
        .map(found -> found.value().map(NodeHealth::instances).orElse(List.of()));
  }

  private Future<Reply> services(Asked asked) {
    Filter filter = Filter.of(asked, new FilterSamples(json).service());
    return instances()
        .map(
            all -> {
              JsonObject services = new JsonObject();
              all.forEach(entry -> services.put(entry.value().id(), json.service(entry)));
              return Reply.json(filter.of(services));
            });
  }

  private Future<Reply> service(Asked asked) {
    String id = asked.name("service ID");
    return instances()
        .map(
            all ->
                all.stream()
                    .filter(entry -> entry.value().id().equals(id))
                    .findFirst()
                    .map(
                        entry ->
                            Reply.json(
                                json.service(entry)
                                    .put("ContentHash", Long.toHexString(entry.modifyRevision()))))
                    .orElseThrow(() -> unknownService(id)));
  }

  static ConsulException unknownService(String id) {
    return ConsulException.notFound(UNKNOWN.formatted(id));
  }

  private Future<Reply> checks(Asked asked) {
    Filter filter = Filter.of(asked, FilterSamples.check());
    return registry
        .checks(CheckQuery.ofNode(node), Reading.NOW)
        .map(
            found -> {
              JsonObject checks = new JsonObject();
              for (FoundCheck check : found.value()) {
                Optional<Instance> instance = check.instance().map(Entry::value);
                String id = check.check().value().check().id();
                checks.put(id, RegistryJson.check(check.check(), instance));
              }
              return Reply.json(filter.of(checks));
            });
  }
}
