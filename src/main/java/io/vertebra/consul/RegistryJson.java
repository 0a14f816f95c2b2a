package io.vertebra.consul;

import io.vertebra.registry.Check;
import io.vertebra.registry.CheckDefinition;
import io.vertebra.registry.CheckStatus;
import io.vertebra.registry.Entry;
import io.vertebra.registry.HealthCheck;
import io.vertebra.registry.Instance;
import io.vertebra.registry.Node;
import io.vertebra.registry.Weights;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Nodes, services and checks as Consul tells them.
 *
 * @param datacenter of all of them
 * @param address of nodes that have none: that of the node that answers
 */
record RegistryJson(String datacenter, String address) {

  /** An id that every server gives to a node of that name. */
  static String nodeId(String node) {
    return UUID.nameUUIDFromBytes(node.getBytes(StandardCharsets.UTF_8)).toString();
  }

  static String label(CheckStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  String address(Node node) {
    return node.address().isEmpty() ? address : node.address();
  }

  JsonObject node(Entry<Node> entry) {
    Node node = entry.value();
    JsonObject addresses = new JsonObject().put("lan", address(node)).put("wan", address(node));
    return indexed(
        new JsonObject()
            .put("ID", nodeId(node.name()))
            .put("Node", node.name())
            .put("Address", address(node))
            .put("Datacenter", datacenter)
            .put("TaggedAddresses", addresses)
            .put("Meta", texts(node.meta())),
        entry);
  }

  /** A service on its node. */
  JsonObject service(Entry<Instance> entry) {
    Instance instance = entry.value();
    return indexed(
        new JsonObject()
            .put("ID", instance.id())
            .put("Service", instance.service())
            .put("Tags", new JsonArray(instance.tags()))
            .put("Address", instance.address())
            .put("TaggedAddresses", new JsonObject())
            .put("Meta", texts(instance.meta()))
            .put("Port", instance.port())
            .put("Weights", weights(instance.weights()))
            .put("EnableTagOverride", instance.enableTagOverride())
            .put("Datacenter", datacenter)
            .put("Namespace", "default"),
        entry);
  }

  /** A service together with its node, in one object. */
  JsonObject row(Entry<Node> of, Entry<Instance> entry) {
    Node node = of.value();
    Instance instance = entry.value();
    return indexed(
        new JsonObject()
            .put("ID", nodeId(node.name()))
            .put("Node", node.name())
            .put("Address", address(node))
            .put("Datacenter", datacenter)
            .put(
                "TaggedAddresses",
                new JsonObject().put("lan", address(node)).put("wan", address(node)))
            .put("NodeMeta", texts(node.meta()))
            .put("ServiceID", instance.id())
            .put("ServiceName", instance.service())
            .put("ServiceTags", new JsonArray(instance.tags()))
            .put("ServiceAddress", instance.address())
            .put("ServiceTaggedAddresses", new JsonObject())
            .put("ServiceWeights", weights(instance.weights()))
            .put("ServiceMeta", texts(instance.meta()))
            .put("ServicePort", instance.port())
            .put("ServiceEnableTagOverride", instance.enableTagOverride()),
        entry);
  }

  /**
   * A check.
   *
   * @param instance that it is about; empty for the node
   */
  static JsonObject check(Entry<HealthCheck> entry, Optional<Instance> instance) {
    Check check = entry.value().check();
    return indexed(
        new JsonObject()
            .put("Node", check.node())
            .put("CheckID", check.id())
            .put("Name", check.name())
            .put("Status", label(entry.value().status()))
            .put("Notes", check.notes())
            .put("Output", entry.value().state().output())
            .put("ServiceID", check.instance())
            .put("ServiceName", instance.map(Instance::service).orElse(""))
            .put(
                "ServiceTags",
                new JsonArray(instance.map(Instance::tags).orElse(java.util.List.of())))
            .put("Type", type(check.definition()))
            .put("Definition", definition(check)),
        entry);
  }

  private static String type(CheckDefinition definition) {
    if (definition instanceof CheckDefinition.Http) {
      return "http";
    }
    if (definition instanceof CheckDefinition.Tcp) {
      return "tcp";
    }
    return definition instanceof CheckDefinition.Ttl ? "ttl" : "";
  }

  private static JsonObject definition(Check check) {
    JsonObject json = new JsonObject();
    if (check.definition() instanceof CheckDefinition.Http http) {
      json.put("HTTP", http.url()).put("Method", http.method());
      times(json, http.interval(), http.timeout());
    } else if (check.definition() instanceof CheckDefinition.Tcp tcp) {
      json.put("TCP", tcp.address());
      times(json, tcp.interval(), tcp.timeout());
    }
    Duration after = check.deregisterAfter();
    return after.isZero()
        ? json
        : json.put("DeregisterCriticalServiceAfter", GoDuration.text(after));
  }

  private static void times(JsonObject json, Duration interval, Duration timeout) {
    json.put("Interval", GoDuration.text(interval)).put("Timeout", GoDuration.text(timeout));
  }

  private static JsonObject indexed(JsonObject json, Entry<?> entry) {
    return json.put("CreateIndex", entry.createRevision())
        .put("ModifyIndex", entry.modifyRevision());
  }

  private static JsonObject weights(Weights weights) {
    return new JsonObject().put("Passing", weights.passing()).put("Warning", weights.warning());
  }

  private static JsonObject texts(Map<String, String> map) {
    JsonObject json = new JsonObject();
    map.forEach(json::put);
    return json;
  }
}
