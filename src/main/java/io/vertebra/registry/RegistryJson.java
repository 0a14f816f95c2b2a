package io.vertebra.registry;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Answers in JSON, and back on the caller's side of the bus. */
final class RegistryJson {
  private RegistryJson() {}

  static JsonObject registered(Registered done) {
    return new JsonObject().put("changed", done.changed()).put("revision", done.revision());
  }

  static Registered registered(JsonObject json) {
    return new Registered(json.getBoolean("changed"), json.getLong("revision"));
  }

  static <T> JsonObject list(
      Indexed<? extends Collection<T>> answer, Function<T, JsonObject> item) {
    return new JsonObject()
        .put("revision", answer.index())
        .put("items", array(answer.value(), item));
  }

  static <T> Indexed<List<T>> list(JsonObject json, Function<JsonObject, T> item) {
    return new Indexed<>(json.getLong("revision"), items(json, "items", item));
  }

  static JsonObject node(Entry<Node> entry) {
    return entry.toJson(Node::toJson);
  }

  static Entry<Node> node(JsonObject json) {
    return Entry.from(json, Node::from);
  }

  static JsonObject check(Entry<HealthCheck> entry) {
    return entry.toJson(CheckJson::toJson);
  }

  static Entry<HealthCheck> check(JsonObject json) {
    return Entry.from(json, CheckJson::stored);
  }

  static JsonObject instance(Entry<Instance> entry) {
    return entry.toJson(Instance::toJson);
  }

  static Entry<Instance> instance(JsonObject json) {
    return Entry.from(json, Instance::from);
  }

  static JsonObject health(InstanceHealth health) {
    return new JsonObject()
        .put("status", Fields.word(health.status()))
        .put("address", health.address())
        .put("weight", health.weight())
        .put("instance", instance(health.instance()))
        .put("node", node(health.node()))
        .put("checks", array(health.checks(), RegistryJson::check));
  }

  static InstanceHealth health(JsonObject json) {
    return new InstanceHealth(
        node(json.getJsonObject("node")),
        instance(json.getJsonObject("instance")),
        items(json, "checks", RegistryJson::check));
  }

  static JsonObject nodeHealth(Indexed<NodeHealth> health) {
    return new JsonObject()
        .put("revision", health.index())
        .put("node", node(health.value().node()))
        .put("instances", array(health.value().instances(), RegistryJson::instance))
        .put("checks", array(health.value().checks(), RegistryJson::check));
  }

  static JsonObject maybe(Indexed<Optional<NodeHealth>> answer) {
    return answer
        .value()
        .map(health -> nodeHealth(new Indexed<>(answer.index(), health)))
        .orElseGet(() -> new JsonObject().put("revision", answer.index()));
  }

  static Indexed<Optional<NodeHealth>> maybe(JsonObject json) {
    Optional<NodeHealth> health =
        Optional.ofNullable(json.getJsonObject("node"))
            .map(
                node ->
                    new NodeHealth(
                        node(node),
                        items(json, "instances", RegistryJson::instance),
                        items(json, "checks", RegistryJson::check)));
    return new Indexed<>(json.getLong("revision"), health);
  }

  static JsonObject tags(Indexed<SortedMap<String, List<String>>> answer) {
    JsonObject tags = new JsonObject();
    answer.value().forEach((name, of) -> tags.put(name, new JsonArray(new ArrayList<>(of))));
    return new JsonObject().put("revision", answer.index()).put("services", tags);
  }

  static Indexed<SortedMap<String, List<String>>> tags(JsonObject json) {
    SortedMap<String, List<String>> tags = new TreeMap<>();
    JsonObject services = json.getJsonObject("services");
    services.fieldNames().forEach(name -> tags.put(name, texts(services.getJsonArray(name))));
    return new Indexed<>(json.getLong("revision"), Collections.unmodifiableSortedMap(tags));
  }

  static JsonObject summary(ServiceSummary summary) {
    return new JsonObject()
        .put("name", summary.name())
        .put("tags", new JsonArray(new ArrayList<>(summary.tags())))
        .put("instances", summary.instances())
        .put("passing", summary.passing());
  }

  static ServiceSummary summary(JsonObject json) {
    return new ServiceSummary(
        json.getString("name"),
        texts(json.getJsonArray("tags")),
        json.getInteger("instances"),
        json.getInteger("passing"));
  }

  static JsonObject found(FoundCheck found) {
    JsonObject json = new JsonObject().put("check", check(found.check()));
    found.instance().ifPresent(of -> json.put("instance", instance(of)));
    return json;
  }

  static FoundCheck found(JsonObject json) {
    return new FoundCheck(
        check(json.getJsonObject("check")),
        Optional.ofNullable(json.getJsonObject("instance")).map(RegistryJson::instance));
  }

  static JsonObject registration(Registration request) {
    JsonObject json =
        new JsonObject()
            .put("checks", array(request.checks(), CheckJson::toJson))
            .put("replaceChecks", request.replaceChecks());
    request.node().ifPresent(node -> json.put("node", node.toJson()));
    request.instance().ifPresent(instance -> json.put("instance", instance.toJson()));
    return json;
  }

  static <T> JsonArray array(Collection<T> items, Function<T, JsonObject> item) {
    JsonArray array = new JsonArray();
    items.forEach(each -> array.add(item.apply(each)));
    return array;
  }

  private static <T> List<T> items(JsonObject json, String name, Function<JsonObject, T> item) {
    List<T> items = new ArrayList<>();
    for (Object each : json.getJsonArray(name)) {
      items.add(item.apply((JsonObject) each));
    }
    return List.copyOf(items);
  }

  private static List<String> texts(JsonArray array) {
    return array.stream().map(String::valueOf).toList();
  }
}
