package io.vertebra.consul;

import io.vertebra.kv.Guard;
import io.vertebra.registry.Entry;
import io.vertebra.registry.Indexed;
import io.vertebra.registry.Instance;
import io.vertebra.registry.InstanceHealth;
import io.vertebra.registry.InstanceQuery;
import io.vertebra.registry.Node;
import io.vertebra.registry.NodeHealth;
import io.vertebra.registry.Reading;
import io.vertebra.registry.RegisterCheck;
import io.vertebra.registry.Registered;
import io.vertebra.registry.Registration;
import io.vertebra.registry.RegistryService;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code /v1/catalog}. */
final class CatalogEndpoints {
  private static final String PATH = "/v1/catalog/";

  private final RegistryService registry;
  private final RegistryQueries queries;
  private final RegistryJson json;
  private final FilterSamples samples;

  CatalogEndpoints(RegistryService registry, RegistryQueries queries, RegistryJson json) {
    this.registry = registry;
    this.queries = queries;
    this.json = json;
    this.samples = new FilterSamples(json);
  }

  void offer(Paths paths) {
    paths.get(
        PATH + "datacenters",
        asked -> Future.succeededFuture(Reply.json(new JsonArray().add(json.datacenter()))));
    paths.get(PATH + "nodes", this::nodes);
    paths.get(PATH + "services", this::services);
    paths.get(PATH + "service/", this::service);
    paths.get(PATH + "node/", this::node);
    paths.get(PATH + "node-services/", this::nodeServices);
    paths.put(PATH + "register", this::register);
    paths.put(PATH + "deregister", this::deregister);
  }

  private Future<Reply> nodes(Asked asked) {
    Filter filter = Filter.of(asked, samples.node());
    NodeMeta meta = NodeMeta.of(asked);
    return queries.answer(
        asked,
        registry::nodes,
        nodes ->
            filter.of(
                new JsonArray(
                    nodes.stream()
                        .filter(node -> meta.wants(node.value()))
                        .map(json::node)
                        .toList())));
  }

  private Future<Reply> services(Asked asked) {
    Filter filter = Filter.of(asked, samples.row());
    NodeMeta meta = NodeMeta.of(asked);
    return asked.text("filter").isBlank() && meta.isEmpty()
        ? queries.answer(asked, registry::services, CatalogEndpoints::tagsByName)
        : queries.answer(
            asked,
            reading ->
                registry
                    .services(reading)
                    .compose(found -> all(meta).map(rows -> new Indexed<>(found.index(), rows))),
            rows -> tagsByName(tagsOf(filter.of(rows))));
  }

  /** The instances of all services on nodes that are wanted. */
  private Future<JsonArray> all(NodeMeta meta) {
    return registry.nodes(Reading.NOW).compose(nodes -> rowsOn(nodes.value(), meta));
  }

  private Future<JsonArray> rowsOn(List<Entry<Node>> nodes, NodeMeta meta) {
    List<Future<JsonArray>> reads =
        nodes.stream()
            .filter(node -> meta.wants(node.value()))
            .map(
                node ->
                    registry
                        .node(node.value().name(), Reading.NOW.locally())
                        .map(found -> found.value().map(this::rows).orElse(new JsonArray())))
            .toList();
    return Future.all(reads)
        .map(
            done -> {
              JsonArray rows = new JsonArray();
              reads.forEach(read -> rows.addAll(read.result()));
              return rows;
            });
  }

  private JsonArray rows(NodeHealth node) {
    return new JsonArray(
        node.instances().stream().map(instance -> json.row(node.node(), instance)).toList());
  }

  private static Map<String, List<String>> tagsOf(JsonArray rows) {
    Map<String, Set<String>> tags = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      JsonObject row = rows.getJsonObject(i);
      Set<String> known =
          tags.computeIfAbsent(row.getString("ServiceName"), name -> new TreeSet<>());
      row.getJsonArray("ServiceTags").forEach(tag -> known.add(String.valueOf(tag)));
    }
    Map<String, List<String>> lists = new TreeMap<>();
    tags.forEach((name, all) -> lists.put(name, List.copyOf(all)));
    return lists;
  }

  private static JsonObject tagsByName(Map<String, List<String>> services) {
    JsonObject names = new JsonObject();
    services.forEach((name, tags) -> names.put(name, new JsonArray(tags)));
    return names;
  }

  private Future<Reply> service(Asked asked) {
    InstanceQuery query =
        InstanceQuery.of(asked.name("service name")).tagged(asked.texts("tag")).withoutChecks();
    Filter filter = Filter.of(asked, samples.row());
    NodeMeta meta = NodeMeta.of(asked);
    return queries.answer(
        asked,
        reading -> registry.instances(query, reading),
        found -> filter.of(rows(found, meta)));
  }

  private JsonArray rows(List<InstanceHealth> instances, NodeMeta meta) {
    return new JsonArray(
        instances.stream()
            .filter(found -> meta.wants(found.node().value()))
            .map(found -> json.row(found.node(), found.instance()))
            .toList());
  }

  private Future<Reply> node(Asked asked) {
    String name = asked.name("node name");
    Filter filter = Filter.of(asked, samples.service());
    return queries.answer(
        asked,
        reading -> registry.node(name, reading),
        found -> orNull(found.map(node -> byId(node, filter))));
  }

  private Future<Reply> nodeServices(Asked asked) {
    String name = asked.name("node name");
    Filter filter = Filter.of(asked, samples.service());
    return queries.answer(
        asked,
        reading -> registry.node(name, reading),
        found -> orNull(found.map(node -> listed(node, filter))));
  }

  /** The text of what is not there is {@code null}. */
  private static Object orNull(Optional<JsonObject> found) {
    return found.isPresent() ? found.get() : Reply.NULL;
  }

  private JsonObject byId(NodeHealth node, Filter filter) {
    JsonObject services = new JsonObject();
    for (Entry<Instance> instance : node.instances()) {
      services.put(instance.value().id(), json.service(instance));
    }
    return new JsonObject()
        .put("Node", json.node(node.node()))
        .put("Services", filter.of(services));
  }

  private JsonObject listed(NodeHealth node, Filter filter) {
    return new JsonObject()
        .put("Node", json.node(node.node()))
        .put(
            "Services",
            filter.of(new JsonArray(node.instances().stream().map(json::service).toList())));
  }

  private Future<Reply> register(Asked asked) {
    LenientJson body = asked.json();
    String name = body.text("Node");
    if (name.isEmpty()) {
      throw ConsulException.badRequest("Must provide node and address");
    }
    Optional<Node> node =
        body.flag("SkipNodeUpdate")
            ? Optional.empty()
            : Optional.of(
                new Node(name, body.text("Address"), Registering.texts(body.plain("NodeMeta"))));
    Optional<Instance> instance =
        body.has("Service")
            ? Optional.of(Registering.instance(name, body.object("Service"), "Service"))
            : Optional.empty();
    Registration registration = new Registration(node, instance, checks(name, body), false);
    return done(registry.register(registration, asked.guard()));
  }

  private static List<RegisterCheck> checks(String node, LenientJson body) {
    List<LenientJson> told = new ArrayList<>();
    if (body.has("Check")) {
      told.add(body.object("Check"));
    }
    told.addAll(body.objects("Checks"));
    List<RegisterCheck> checks = new ArrayList<>();
    for (LenientJson check : told) {
      String of = check.text("ServiceID");
      checks.add(Registering.check(node, check, of, check.text("Name"), check.text("Name")));
    }
    return checks;
  }

  private Future<Reply> deregister(Asked asked) {
    LenientJson body = asked.json();
    String node = body.text("Node");
    if (node.isEmpty()) {
      throw ConsulException.badRequest("Must provide node");
    }
    Guard guard = asked.guard();
    if (!body.text("ServiceID").isEmpty()) {
      return done(registry.deregister(node, body.text("ServiceID"), guard));
    }
    return body.text("CheckID").isEmpty()
        ? done(registry.deregisterNode(node, guard))
        : done(registry.deregisterCheck(node, body.text("CheckID"), guard));
  }

  private static Future<Reply> done(Future<Registered> written) {
    return written.map(registered -> Reply.json(true));
  }
}
