package io.vertebra.registry;

import io.vertebra.api.Fields;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.registry.RegistryKeys.Parsed;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that is registered, as the store's entries tell it. The index of a topic is the greatest
 * revision of an entry that it tells of, and of the entry that is written when something goes from
 * it; as it follows from the entries alone, it is the same wherever these are read. For one thread
 * at a time.
 */
final class Catalog {
  private final NavigableMap<String, Entry<Node>> nodes = new TreeMap<>();
  private final NavigableMap<ItemKey, Entry<Instance>> instances = new TreeMap<>();
  private final NavigableMap<ItemKey, Entry<HealthCheck>> checks = new TreeMap<>();
  private final NavigableMap<String, NavigableMap<ItemKey, Entry<Instance>>> services =
      new TreeMap<>();
  private final Map<String, NavigableMap<ItemKey, Entry<Instance>>> onNode = new HashMap<>();
  private final Map<ItemKey, NavigableMap<ItemKey, Entry<HealthCheck>>> ofInstance =
      new HashMap<>();
  private final Map<ItemKey, Long> alive = new HashMap<>();
  private final Map<Topic, Long> indexes = new HashMap<>();
  private final Map<Topic, Long> removals = new HashMap<>();
  private Set<Topic> touched = new HashSet<>();
  private long mark;
  private long floor = 1;

  /** Everything of a range read at once. */
  static Catalog of(Collection<KvEntry> entries) {
    Catalog catalog = new Catalog();
    entries.stream()
        .sorted(Comparator.comparing(entry -> RegistryKeys.parse(entry.key()).kind()))
        .forEach(entry -> catalog.put(RegistryKeys.parse(entry.key()), entry));
    return catalog;
  }

  /** What changed since then, in order; answers what it is about. */
  Set<Topic> apply(List<KvEvent> events) {
    touched = new HashSet<>();
    for (KvEvent event : events) {
      Parsed key = RegistryKeys.parse(event.entry().key());
      if (event.type() == KvEvent.Type.PUT) {
        put(key, event.entry());
      } else {
        remove(key);
      }
    }
    return touched;
  }

  /** All topics that have an index. */
  Set<Topic> topics() {
    return indexes.keySet();
  }

  /** Revision of the last change here. */
  long mark() {
    return mark;
  }

  /** The index of an answer about some topics; that of what is long gone if none has one. */
  long index(List<Topic> about) {
    return about.stream()
        .filter(indexes::containsKey)
        .mapToLong(topic -> indexes.getOrDefault(topic, floor))
        .max()
        .orElse(floor);
  }

  Collection<Entry<Node>> nodes() {
    return nodes.values();
  }

  @Nullable Entry<Node> node(String name) {
    return nodes.get(name);
  }

  Collection<Entry<Instance>> instances() {
    return instances.values();
  }

  @Nullable Entry<Instance> instance(ItemKey key) {
    return instances.get(key);
  }

  /** By node and id. */
  Collection<Entry<Instance>> instancesOf(String service) {
    return services.getOrDefault(service, new TreeMap<>()).values();
  }

  Collection<Entry<Instance>> instancesOn(String node) {
    return onNode.getOrDefault(node, new TreeMap<>()).values();
  }

  /** Names of services, in order. */
  Set<String> services() {
    return services.keySet();
  }

  Collection<Entry<HealthCheck>> checks() {
    return checks.values();
  }

  @Nullable Entry<HealthCheck> check(ItemKey key) {
    return checks.get(key);
  }

  /** By id; those of the node itself if the instance's id is empty. */
  Collection<Entry<HealthCheck>> checksOf(ItemKey instance) {
    return ofInstance.getOrDefault(instance, new TreeMap<>()).values();
  }

  /** The lease by which a check with a time to live is not critical; 0 for none. */
  long lease(Check check) {
    return alive.getOrDefault(keyOf(check), 0L);
  }

  /** Removals kept of what is there no more, by topic. */
  Map<Topic, Long> forgettable() {
    Map<Topic, Long> gone = new HashMap<>();
    removals.forEach(
        (topic, revision) -> {
          if (!isUsed(topic)) {
            gone.put(topic, revision);
          }
        });
    return gone;
  }

  private boolean isUsed(Topic topic) {
    return switch (topic.kind()) {
      case SERVICE, HEALTH -> services.containsKey(topic.name());
      case NODE, NODE_HEALTH -> nodes.containsKey(topic.name());
      case NODES, INSTANCES, CHECKS -> true;
    };
  }

  /** Revision of the last topic forgotten. */
  long floor() {
    return floor;
  }

  private void put(Parsed key, KvEntry entry) {
    long revision = entry.modRevision();
    switch (key.kind()) {
      case NODE -> putNode(new Entry<>(Node.from(json(entry)), entry.createRevision(), revision));
      case INSTANCE ->
          putInstance(new Entry<>(Instance.from(json(entry)), entry.createRevision(), revision));
      case CHECK ->
          putCheck(new Entry<>(CheckJson.stored(json(entry)), entry.createRevision(), revision));
      case ALIVE -> alive.put(new ItemKey(key.parts().get(0), key.parts().get(2)), entry.lease());
      case TOPIC -> putRemoval(Topic.parse(key.parts().get(0)), revision);
      case FLOOR -> floor = Long.parseLong(entry.value().toString());
      case MARK -> mark = revision;
      case OTHER -> {}
    }
  }

  private void remove(Parsed key) {
    List<String> parts = key.parts();
    switch (key.kind()) {
      case NODE -> nodes.remove(parts.get(0));
      case INSTANCE -> unlink(instances.remove(new ItemKey(parts.get(0), parts.get(1))));
      case CHECK -> removeCheck(new ItemKey(parts.get(0), parts.get(2)), parts.get(1));
      case ALIVE -> {
        alive.remove(new ItemKey(parts.get(0), parts.get(2)));
        touched.add(Topic.CHECKS);
      }
      case TOPIC -> {
        Topic topic = Topic.parse(parts.get(0));
        removals.remove(topic);
        if (!isUsed(topic)) {
          indexes.remove(topic);
        }
      }
      case FLOOR, MARK, OTHER -> {}
    }
  }

  private void putNode(Entry<Node> node) {
    String name = node.value().name();
    nodes.put(name, node);
    bump(Topic.NODES, node.modifyRevision());
    bump(Topic.node(name), node.modifyRevision());
    for (String service : servicesOn(name)) {
      bump(Topic.service(service), node.modifyRevision());
    }
  }

  private void putInstance(Entry<Instance> entry) {
    Instance instance = entry.value();
    ItemKey key = new ItemKey(instance.node(), instance.id());
    unlink(instances.put(key, entry));
    services.computeIfAbsent(instance.service(), name -> new TreeMap<>()).put(key, entry);
    onNode.computeIfAbsent(instance.node(), name -> new TreeMap<>()).put(key, entry);
    bump(Topic.INSTANCES, entry.modifyRevision());
    bump(Topic.service(instance.service()), entry.modifyRevision());
    bump(Topic.node(instance.node()), entry.modifyRevision());
  }

  private void unlink(@Nullable Entry<Instance> entry) {
    if (entry == null) {
      return;
    }
    Instance instance = entry.value();
    ItemKey key = new ItemKey(instance.node(), instance.id());
    removeFrom(services, instance.service(), key);
    removeFrom(onNode, instance.node(), key);
  }

  private void putCheck(Entry<HealthCheck> entry) {
    Check check = entry.value().check();
    ItemKey of = new ItemKey(check.node(), check.instance());
    Entry<HealthCheck> before = checks.put(keyOf(check), entry);
    if (before != null && !before.value().check().instance().equals(check.instance())) {
      removeFrom(
          ofInstance, new ItemKey(check.node(), before.value().check().instance()), keyOf(check));
    }
    ofInstance.computeIfAbsent(of, any -> new TreeMap<>()).put(keyOf(check), entry);
    bump(Topic.CHECKS, entry.modifyRevision());
    bump(Topic.node(check.node()), entry.modifyRevision());
    if (check.instance().isEmpty()) {
      bumpNodeHealth(check.node(), entry.modifyRevision());
    } else {
      Entry<Instance> instance = instances.get(of);
      if (instance != null) {
        bump(Topic.health(instance.value().service()), entry.modifyRevision());
      }
    }
  }

  /** A check is kept by its instance too, so one that moved to another is not removed with this. */
  private void removeCheck(ItemKey key, String instance) {
    Entry<HealthCheck> present = checks.get(key);
    if (present != null && present.value().check().instance().equals(instance)) {
      checks.remove(key);
    }
    removeFrom(ofInstance, new ItemKey(key.node(), instance), key);
  }

  private void putRemoval(Topic topic, long revision) {
    removals.put(topic, revision);
    bump(topic, revision);
    if (topic.kind() == Topic.Kind.NODE_HEALTH) {
      bumpNodeHealth(topic.name(), revision);
    }
  }

  private void bumpNodeHealth(String node, long revision) {
    bump(Topic.nodeHealth(node), revision);
    servicesOn(node).forEach(service -> bump(Topic.health(service), revision));
  }

  private Set<String> servicesOn(String node) {
    Set<String> names = new TreeSet<>();
    instancesOn(node).forEach(entry -> names.add(entry.value().service()));
    return names;
  }

  private void bump(Topic topic, long revision) {
    indexes.merge(topic, revision, Math::max);
    touched.add(topic);
  }

  private static ItemKey keyOf(Check check) {
    return new ItemKey(check.node(), check.id());
  }

  private static Fields json(KvEntry entry) {
    return Fields.of(new JsonObject(entry.value().toString()));
  }

  private static <K, T> void removeFrom(
      Map<K, NavigableMap<ItemKey, T>> groups, K group, ItemKey key) {
    NavigableMap<ItemKey, T> items = groups.get(group);
    if (items != null) {
      items.remove(key);
      if (items.isEmpty()) {
        groups.remove(group);
      }
    }
  }
}
