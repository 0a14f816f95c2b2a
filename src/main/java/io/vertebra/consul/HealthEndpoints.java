package io.vertebra.consul;

import io.vertebra.registry.CheckQuery;
import io.vertebra.registry.Entry;
import io.vertebra.registry.FoundCheck;
import io.vertebra.registry.HealthCheck;
import io.vertebra.registry.Indexed;
import io.vertebra.registry.Instance;
import io.vertebra.registry.InstanceHealth;
import io.vertebra.registry.InstanceQuery;
import io.vertebra.registry.Node;
import io.vertebra.registry.Reading;
import io.vertebra.registry.RegistryService;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code /v1/health}. */
final class HealthEndpoints {
  private static final String PATH = "/v1/health/";

  private final RegistryService registry;
  private final RegistryQueries queries;
  private final RegistryJson json;
  private final FilterSamples samples;

  HealthEndpoints(RegistryService registry, RegistryQueries queries, RegistryJson json) {
    this.registry = registry;
    this.queries = queries;
    this.json = json;
    this.samples = new FilterSamples(json);
  }

  void offer(Paths paths) {
    paths.get(PATH + "service/", this::service);
    paths.get(
        PATH + "checks/", asked -> checks(asked, CheckQuery.ofService(asked.name("service name"))));
    paths.get(PATH + "node/", asked -> checks(asked, CheckQuery.ofNode(asked.name("node name"))));
    paths.get(PATH + "state/", asked -> checks(asked, inState(asked.name("check state"))));
  }

  private static CheckQuery inState(String state) {
    return state.equals("any") ? CheckQuery.ALL : CheckQuery.in(Registering.status(state));
  }

  private Future<Reply> service(Asked asked) {
    InstanceQuery all = InstanceQuery.of(asked.name("service name")).tagged(asked.texts("tag"));
    InstanceQuery query = asked.flag("passing") ? all.passing() : all;
    Filter filter = Filter.of(asked, samples.health());
    NodeMeta meta = NodeMeta.of(asked);
    return queries.answer(
        asked,
        reading -> registry.instances(query, reading),
        found ->
            filter.of(
                new JsonArray(
                    found.stream()
                        .filter(each -> meta.wants(each.node().value()))
                        .map(this::instance)
                        .toList())));
  }

  private JsonObject instance(InstanceHealth found) {
    Instance instance = found.instance().value();
    JsonArray checks = new JsonArray();
    for (Entry<HealthCheck> check : found.checks()) {
      boolean own = check.value().check().instance().equals(instance.id());
      checks.add(
          RegistryJson.check(check, own ? Optional.of(instance) : Optional.<Instance>empty()));
    }
    return new JsonObject()
        .put("Node", json.node(found.node()))
        .put("Service", json.service(found.instance()))
        .put("Checks", checks);
  }

  private Future<Reply> checks(Asked asked, CheckQuery query) {
    Filter filter = Filter.of(asked, FilterSamples.check());
    NodeMeta meta = NodeMeta.of(asked);
    return queries.answer(
        asked,
        reading -> registry.checks(query, reading).compose(found -> onNodes(meta, found)),
        found -> filter.of(array(found)));
  }

  /** The checks on nodes that are wanted. */
  private Future<Indexed<List<FoundCheck>>> onNodes(
      NodeMeta meta, Indexed<List<FoundCheck>> found) {
    return meta.isEmpty()
        ? Future.succeededFuture(found)
        : registry
            .nodes(Reading.NOW)
            .map(
                nodes -> {
                  Set<String> wanted = new HashSet<>();
                  for (Entry<Node> node : nodes.value()) {
                    if (meta.wants(node.value())) {
                      wanted.add(node.value().name());
                    }
                  }
                  return new Indexed<>(
                      found.index(),
                      found.value().stream()
                          .filter(each -> wanted.contains(each.check().value().check().node()))
                          .toList());
                });
  }

  private static JsonArray array(List<FoundCheck> checks) {
    return new JsonArray(
        checks.stream()
            .map(found -> RegistryJson.check(found.check(), found.instance().map(Entry::value)))
            .toList());
  }
}
