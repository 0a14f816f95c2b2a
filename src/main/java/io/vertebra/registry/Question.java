package io.vertebra.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Something asked of the catalog.
 *
 * @param asked equal for questions that have the same answer
 * @param about what the answer tells of
 */
record Question<T>(Object asked, List<Topic> about, Function<Catalog, T> answer) {

  Indexed<T> ask(Catalog catalog) {
    return new Indexed<>(catalog.index(about), answer.apply(catalog));
  }

  static Question<List<Entry<Node>>> nodes() {
    return new Question<>("nodes", List.of(Topic.NODES), catalog -> List.copyOf(catalog.nodes()));
  }

  static Question<Optional<NodeHealth>> node(String name) {
    return new Question<>(
        List.of("node", name),
        List.of(Topic.node(name)),
        catalog -> Optional.ofNullable(catalog.node(name)).map(node -> health(catalog, node)));
  }

  static Question<SortedMap<String, List<String>>> services() {
    return new Question<>(
        "services",
        List.of(Topic.INSTANCES),
        catalog -> {
          SortedMap<String, List<String>> tags = new TreeMap<>();
          catalog.services().forEach(name -> tags.put(name, tags(catalog.instancesOf(name))));
          return Collections.unmodifiableSortedMap(tags);
        });
  }

  static Question<List<ServiceSummary>> summaries() {
    return new Question<>(
        "summaries",
        List.of(Topic.INSTANCES, Topic.CHECKS),
        catalog ->
            catalog.services().stream()
                .map(
                    name -> {
                      Collection<Entry<Instance>> all = catalog.instancesOf(name);
                      long passing =
                          all.stream()
                              .filter(
                                  each ->
                                      health(catalog, each, true).status() == CheckStatus.PASSING)
                              .count();
                      return new ServiceSummary(name, tags(all), all.size(), (int) passing);
                    })
                .toList());
  }

  static Question<List<InstanceHealth>> instances(InstanceQuery query) {
    Topic service = Topic.service(query.service());
    Topic health = Topic.health(query.service());
    Predicate<InstanceHealth> wanted =
        found -> !query.checks() || !query.passingOnly() || found.status() == CheckStatus.PASSING;
    return new Question<>(
        query,
        query.checks() ? List.of(service, health) : List.of(service),
        catalog ->
            catalog.instancesOf(query.service()).stream()
                .filter(entry -> query.wants(entry.value()))
                .map(entry -> health(catalog, entry, query.checks()))
                .filter(wanted)
                .toList());
  }

  static Question<List<FoundCheck>> checks(CheckQuery query) {
    return new Question<>(
        query,
        List.of(topic(query)),
        catalog ->
            (query.node().isEmpty() ? catalog.checks() : checksOn(catalog, query.node()))
                .stream()
                    .filter(
                        entry -> query.status().map(entry.value().status()::equals).orElse(true))
                    .map(entry -> found(catalog, entry))
                    .filter(found -> isOf(found, query.service()))
                    .toList());
  }

  private static Topic topic(CheckQuery query) {
    if (!query.service().isEmpty()) {
      return Topic.health(query.service());
    }
    return query.node().isEmpty() ? Topic.CHECKS : Topic.node(query.node());
  }

  private static boolean isOf(FoundCheck found, String service) {
    return service.isEmpty()
        || found.instance().map(entry -> entry.value().service().equals(service)).orElse(false);
  }

  private static FoundCheck found(Catalog catalog, Entry<HealthCheck> entry) {
    Check check = entry.value().check();
    ItemKey of = new ItemKey(check.node(), check.instance());
    return new FoundCheck(entry, Optional.ofNullable(catalog.instance(of)));
  }

  private static NodeHealth health(Catalog catalog, Entry<Node> node) {
    String name = node.value().name();
    return new NodeHealth(
        node, List.copyOf(catalog.instancesOn(name)), List.copyOf(checksOn(catalog, name)));
  }

  private static Collection<Entry<HealthCheck>> checksOn(Catalog catalog, String node) {
    List<Entry<HealthCheck>> all = new ArrayList<>(catalog.checksOf(new ItemKey(node, "")));
    for (Entry<Instance> each : catalog.instancesOn(node)) {
      all.addAll(catalog.checksOf(new ItemKey(node, each.value().id())));
    }
    return all;
  }

  private static InstanceHealth health(Catalog catalog, Entry<Instance> entry, boolean withChecks) {
    Instance instance = entry.value();
    List<Entry<HealthCheck>> checks = new ArrayList<>();
    if (withChecks) {
      checks.addAll(catalog.checksOf(new ItemKey(instance.node(), instance.id())));
      checks.addAll(catalog.checksOf(new ItemKey(instance.node(), "")));
    }
    @Nullable Entry<Node> node = catalog.node(instance.node());
    return new InstanceHealth(
        node == null ? new Entry<>(Node.named(instance.node()), 0, 0) : node,
        entry,
        List.copyOf(checks));
  }

  private static List<String> tags(Collection<Entry<Instance>> instances) {
    TreeSet<String> tags = new TreeSet<>();
    instances.forEach(entry -> tags.addAll(entry.value().tags()));
    return List.copyOf(tags);
  }
}
