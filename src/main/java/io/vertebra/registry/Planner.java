package io.vertebra.registry;

import static io.vertebra.api.FailureCode.LIMITED;
import static io.vertebra.api.FailureCode.NOT_FOUND;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.registry.CheckDefinition.Reported;
import io.vertebra.registry.CheckDefinition.Ttl;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Plans what is asked for as a change of what is there. A check with a time to live is not critical
 * as long as it has a key on a lease of that time; each report has a lease of its own, so that to
 * keep one alive says that nobody reported otherwise since.
 *
 * @param leases gives ids of leases, never the same twice
 */
record Planner(RegistryOptions options, Instant now, LongSupplier leases) {

  /** The same within other limits. */
  Planner withOptions(RegistryOptions others) {
    return new Planner(others, now, leases);
  }

  Change register(Catalog catalog, Registration wanted) {
    Change change = new Change();
    planNode(change, catalog, wanted);
    wanted.instance().ifPresent(instance -> planInstance(change, catalog, instance));
    Set<String> ids = new HashSet<>();
    for (RegisterCheck check : wanted.checks()) {
      requireInstance(catalog, wanted, check.check());
      if (ids.add(check.check().id())) {
        planCheck(change, catalog, check);
      }
    }
    if (wanted.replaceChecks() && wanted.instance().isPresent()) {
      ItemKey key = keyOf(wanted.instance().get());
      for (Entry<HealthCheck> other : catalog.checksOf(key)) {
        String id = other.value().check().id();
        if (!ids.contains(id) && !id.startsWith(SetMaintenance.SERVICE_CHECK)) {
          planRemoval(change, catalog, other);
        }
      }
    }
    return change;
  }

  Change deregister(Catalog catalog, ItemKey key) {
    Change change = new Change();
    Entry<Instance> entry = catalog.instance(key);
    if (entry == null) {
      return change;
    }
    change.expect(RegistryKeys.instance(key), entry);
    change.delete(RegistryKeys.instance(key));
    change.delete(RegistryKeys.checks(key));
    change.delete(RegistryKeys.alive(key));
    change.leave(Topic.INSTANCES);
    change.leave(Topic.CHECKS);
    change.leave(Topic.service(entry.value().service()));
    change.leave(Topic.health(entry.value().service()));
    change.leave(Topic.node(key.node()));
    return change;
  }

  Change deregisterCheck(Catalog catalog, ItemKey key) {
    Change change = new Change();
    Entry<HealthCheck> entry = catalog.check(key);
    if (entry != null) {
      planRemoval(change, catalog, entry);
    }
    return change;
  }

  /** Removes a node on which no instance is left. */
  Change deregisterNode(Catalog catalog, String name) {
    Change change = new Change();
    Entry<Node> entry = catalog.node(name);
    if (entry == null) {
      return change;
    }
    change.expect(RegistryKeys.node(name), entry);
    change.expectNone(RegistryKeys.instances(name));
    planNodeRemoval(change, name);
    return change;
  }

  /** Removes a node with all that is on it, as long as that is what the caller expects. */
  Change removeNode(Catalog catalog, String name) {
    Change change = new Change();
    for (Entry<Instance> instance : catalog.instancesOn(name)) {
      change.leave(Topic.INSTANCES);
      change.leave(Topic.service(instance.value().service()));
      change.leave(Topic.health(instance.value().service()));
    }
    change.delete(RegistryKeys.instances(name));
    planNodeRemoval(change, name);
    return change;
  }

  Change report(Catalog catalog, ReportCheck report) {
    Entry<HealthCheck> entry = required(catalog, report);
    Change change = new Change();
    CheckState before = entry.value().state();
    CheckState after = next(before, report.status(), report.output());
    boolean same = after.equals(before);
    Check check = entry.value().check();
    boolean lives = check.definition() instanceof Ttl && after.status() != CheckStatus.CRITICAL;
    if (same && !lives) {
      return change;
    }
    change.expect(RegistryKeys.check(check), entry);
    if (!same) {
      change.put(RegistryKeys.check(check), CheckJson.toJson(new HealthCheck(check, after)));
    }
    planLife(change, catalog, check, after.status());
    return change;
  }

  /** What a probe found, or that nobody reported in time. */
  Change found(Entry<HealthCheck> seen, CheckStatus status, String output) {
    Check check = seen.value().check();
    CheckState after = next(seen.value().state(), status, output);
    Change change = new Change();
    change.expect(RegistryKeys.check(check), seen);
    if (check.definition() instanceof Ttl) {
      change.expect(Compare.absent(RegistryKeys.alive(check)));
    }
    change.put(RegistryKeys.check(check), CheckJson.toJson(new HealthCheck(check, after)));
    return change;
  }

  Change maintain(Catalog catalog, SetMaintenance request) {
    ItemKey instance = new ItemKey(request.node(), request.instance());
    boolean there =
        request.instance().isEmpty()
            ? catalog.node(request.node()) != null
            : catalog.instance(instance) != null;
    if (!there) {
      throw new Failure(NOT_FOUND, "there is no " + nameOf(instance));
    }
    if (!request.enabled()) {
      return deregisterCheck(catalog, new ItemKey(request.node(), request.checkId()));
    }
    String name = request.instance().isEmpty() ? "Node" : "Service";
    Check check =
        new Check(
            request.node(),
            request.checkId(),
            request.instance(),
            name + " Maintenance Mode",
            request.reason(),
            new Reported(),
            Duration.ZERO);
    RegisterCheck critical =
        new RegisterCheck(check, Optional.of(CheckStatus.CRITICAL), request.reason());
    return register(catalog, Registration.of(critical));
  }

  private void planNode(Change change, Catalog catalog, Registration wanted) {
    String name = wanted.nodeName();
    Entry<Node> entry = catalog.node(name);
    Node before = entry == null ? null : entry.value();
    Node after = wanted.node().orElse(before == null ? Node.named(name) : before);
    if (!after.equals(before)) {
      requireRoom(entry != null, catalog.nodes().size(), options.maxNodes(), "nodes");
      change.expect(RegistryKeys.node(name), entry);
      change.put(RegistryKeys.node(name), after.toJson());
    } else {
      change.expect(Compare.exists(RegistryKeys.node(name)));
    }
  }

  private static void planNodeRemoval(Change change, String name) {
    change.delete(RegistryKeys.node(name));
    change.delete(RegistryKeys.checks(name));
    change.delete(RegistryKeys.alive(name));
    change.leave(Topic.NODES);
    change.leave(Topic.CHECKS);
    change.leave(Topic.node(name));
    change.leave(Topic.nodeHealth(name));
  }

  private void planInstance(Change change, Catalog catalog, Instance instance) {
    ItemKey key = keyOf(instance);
    Entry<Instance> entry = catalog.instance(key);
    change.expect(RegistryKeys.instance(key), entry);
    if (entry != null && entry.value().equals(instance)) {
      return;
    }
    requireRoom(entry != null, catalog.instances().size(), options.maxInstances(), "instances");
    change.put(RegistryKeys.instance(key), instance.toJson());
    if (entry != null && !entry.value().service().equals(instance.service())) {
      change.leave(Topic.service(entry.value().service()));
      change.leave(Topic.health(entry.value().service()));
    }
  }

  private void planCheck(Change change, Catalog catalog, RegisterCheck wanted) {
    Check check = wanted.check();
    Entry<HealthCheck> entry = catalog.check(new ItemKey(check.node(), check.id()));
    HealthCheck before = entry == null ? null : entry.value();
    HealthCheck after = new HealthCheck(check, state(before, wanted));
    if (after.equals(before)) {
      return;
    }
    requireRoom(entry != null, catalog.checks().size(), options.maxChecks(), "checks");
    if (entry != null && !entry.value().check().instance().equals(check.instance())) {
      planRemoval(change, catalog, entry);
      change.expect(RegistryKeys.check(check), null);
    } else {
      change.expect(RegistryKeys.check(check), entry);
    }
    change.put(RegistryKeys.check(check), CheckJson.toJson(after));
    if (check.definition() instanceof Ttl ttl && after.status() != CheckStatus.CRITICAL) {
      putLife(change, check, ttl);
    }
    change.revoke(catalog.lease(check));
  }

  private CheckState state(@Nullable HealthCheck before, RegisterCheck wanted) {
    if (before == null) {
      CheckStatus status = wanted.status().orElse(CheckStatus.CRITICAL);
      return new CheckState(status, wanted.output(), now);
    }
    return wanted
        .status()
        .map(status -> next(before.state(), status, wanted.output()))
        .orElse(before.state());
  }

  private void planRemoval(Change change, Catalog catalog, Entry<HealthCheck> entry) {
    Check check = entry.value().check();
    change.expect(RegistryKeys.check(check), entry);
    change.delete(RegistryKeys.check(check));
    change.delete(RegistryKeys.alive(check));
    change.leave(Topic.CHECKS);
    change.leave(Topic.node(check.node()));
    if (check.instance().isEmpty()) {
      change.leave(Topic.nodeHealth(check.node()));
    }
    Entry<Instance> instance = catalog.instance(new ItemKey(check.node(), check.instance()));
    if (instance != null) {
      change.leave(Topic.health(instance.value().service()));
    }
  }

  private void planLife(Change change, Catalog catalog, Check check, CheckStatus status) {
    if (check.definition() instanceof Ttl ttl) {
      if (status == CheckStatus.CRITICAL) {
        change.delete(RegistryKeys.alive(check));
      } else {
        putLife(change, check, ttl);
      }
      change.revoke(catalog.lease(check));
    }
  }

  private void putLife(Change change, Check check, Ttl ttl) {
    change.putOnLease(
        RegistryKeys.alive(check), Bytes.EMPTY, leases.getAsLong(), ttl.ttl().toMillis());
  }

  private CheckState next(CheckState before, CheckStatus status, String output) {
    return new CheckState(status, output, before.status() == status ? before.since() : now);
  }

  private static void requireInstance(Catalog catalog, Registration wanted, Check check) {
    ItemKey key = new ItemKey(check.node(), check.instance());
    boolean told = wanted.instance().map(given -> keyOf(given).equals(key)).orElse(false);
    if (!check.instance().isEmpty() && !told && catalog.instance(key) == null) {
      throw new Failure(NOT_FOUND, "there is no " + nameOf(key));
    }
  }

  private static Entry<HealthCheck> required(Catalog catalog, ReportCheck report) {
    Entry<HealthCheck> entry = catalog.check(new ItemKey(report.node(), report.id()));
    if (entry == null) {
      throw new Failure(
          NOT_FOUND, "there is no check " + report.id() + " on node " + report.node());
    }
    return entry;
  }

  private static void requireRoom(boolean there, int size, int max, String what) {
    if (!there && size >= max) {
      throw new Failure(LIMITED, "there are already " + max + " " + what + ", the most allowed");
    }
  }

  private static ItemKey keyOf(Instance instance) {
    return new ItemKey(instance.node(), instance.id());
  }

  private static String nameOf(ItemKey key) {
    return key.id().isEmpty()
        ? "node " + key.node()
        : "instance " + key.id() + " on node " + key.node();
  }

  /** The check that may be kept alive instead of written again; 0 if there is none. */
  static long lifeOf(Catalog catalog, ReportCheck report) {
    Entry<HealthCheck> entry = catalog.check(new ItemKey(report.node(), report.id()));
    if (entry == null) {
      return 0;
    }
    CheckState state = entry.value().state();
    boolean same = state.equals(new CheckState(report.status(), report.output(), state.since()));
    return same ? catalog.lease(entry.value().check()) : 0;
  }

  /** What an instance's removal takes along, for whoever removes many. */
  static List<ItemKey> instancesOn(Catalog catalog, String node) {
    return catalog.instancesOn(node).stream().map(entry -> keyOf(entry.value())).toList();
  }
}
