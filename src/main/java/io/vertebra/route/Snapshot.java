package io.vertebra.route;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.LIMITED;
import static io.vertebra.api.FailureCode.NOT_FOUND;

import io.vertebra.api.Failure;
import io.vertebra.balancer.Upstream;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All definitions at one moment, by name. Immutable: each change returns the next snapshot. Every
 * route in it names an upstream in it.
 *
 * @param revision of the last change; grows with each
 */
public record Snapshot(
    long revision,
    NavigableMap<String, Entry<Route>> routes,
    NavigableMap<String, Entry<Upstream>> upstreams) {
  public static final int MAX_ROUTES = 10_000;
  public static final int MAX_UPSTREAMS = 1_000;

  public Snapshot {
    routes = Collections.unmodifiableNavigableMap(new TreeMap<>(routes));
    upstreams = Collections.unmodifiableNavigableMap(new TreeMap<>(upstreams));
  }

  /**
   * The definitions a node begins with.
   *
   * @param revision greater than any of an earlier run, so that an old precondition is never met
   */
  static Snapshot of(long revision, Collection<Route> routes, Collection<Upstream> upstreams) {
    NavigableMap<String, Entry<Upstream>> upstreamEntries = new TreeMap<>();
    upstreams.forEach(u -> upstreamEntries.put(u.name(), new Entry<>(u.name(), revision, u)));
    NavigableMap<String, Entry<Route>> routeEntries = new TreeMap<>();
    routes.forEach(r -> routeEntries.put(r.name(), new Entry<>(r.name(), revision, r)));
    return new Snapshot(revision, routeEntries, upstreamEntries);
  }

  /** The table of the routes. It takes time to build: once for each snapshot. */
  public RouteTable table() {
    return RouteTable.of(routes.values().stream().map(Entry::value).toList());
  }

  /** The same, each upstream as {@code resolver} has it, by the same name. */
  public Snapshot resolved(UnaryOperator<Upstream> resolver) {
    NavigableMap<String, Entry<Upstream>> next = new TreeMap<>();
    upstreams.forEach(
        (name, entry) ->
            next.put(name, new Entry<>(name, entry.revision(), resolver.apply(entry.value()))));
    return new Snapshot(revision, routes, next);
  }

  /** Writes a route, which must name an upstream. */
  Snapshot withRoute(Route route, Precondition precondition) {
    precondition.check("route " + route.name(), revisionOf(routes.get(route.name())));
    if (!upstreams.containsKey(route.upstream())) {
      throw Failure.invalid("/upstream", "must name an upstream that exists");
    }
    return new Snapshot(
        revision + 1, with(routes, route.name(), route, MAX_ROUTES, "routes"), upstreams);
  }

  Snapshot withoutRoute(String name, Precondition precondition) {
    return new Snapshot(revision + 1, without(routes, "route", name, precondition), upstreams);
  }

  Snapshot withUpstream(Upstream upstream, Precondition precondition) {
    String name = upstream.name();
    precondition.check("upstream " + name, revisionOf(upstreams.get(name)));
    return new Snapshot(
        revision + 1, routes, with(upstreams, name, upstream, MAX_UPSTREAMS, "upstreams"));
  }

  /** Removes an upstream that no route names. */
  Snapshot withoutUpstream(String name, Precondition precondition) {
    Snapshot next =
        new Snapshot(revision + 1, routes, without(upstreams, "upstream", name, precondition));
    List<String> users =
        routes.values().stream()
            .filter(entry -> entry.value().upstream().equals(name))
            .map(Entry::name)
            .toList();
    if (!users.isEmpty()) {
      throw new Failure(CONFLICT, "upstream " + name + " is used by " + someOf(users));
    }
    return next;
  }

  /** Sets the state of one endpoint of an upstream. */
  Snapshot withEndpointState(SetEndpointState change, Precondition precondition) {
    return withUpstream(change.on(upstream(change.upstream()).value()), precondition);
  }

  /** The route of this name; fails with {@code NOT_FOUND}. */
  Entry<Route> route(String name) {
    return present(routes.get(name), "route", name);
  }

  /** The upstream of this name; fails with {@code NOT_FOUND}. */
  Entry<Upstream> upstream(String name) {
    return present(upstreams.get(name), "upstream", name);
  }

  private <T> NavigableMap<String, Entry<T>> with(
      NavigableMap<String, Entry<T>> entries, String name, T value, int max, String kind) {
    if (entries.size() >= max && !entries.containsKey(name)) {
      throw new Failure(LIMITED, "there are already " + max + " " + kind + ", the most allowed");
    }
    NavigableMap<String, Entry<T>> next = new TreeMap<>(entries);
    next.put(name, new Entry<>(name, revision + 1, value));
    return next;
  }

  private static <T> NavigableMap<String, Entry<T>> without(
      NavigableMap<String, Entry<T>> entries, String kind, String name, Precondition condition) {
    condition.check(kind + " " + name, revisionOf(entries.get(name)));
    Entry<T> removed = present(entries.get(name), kind, name);
    NavigableMap<String, Entry<T>> next = new TreeMap<>(entries);
    next.remove(removed.name());
    return next;
  }

  private static long revisionOf(@Nullable Entry<?> entry) {
    return entry == null ? 0 : entry.revision();
  }

  private static <T> Entry<T> present(@Nullable Entry<T> entry, String kind, String name) {
    if (entry == null) {
      throw new Failure(NOT_FOUND, "there is no " + kind + " " + name);
    }
    return entry;
  }

  private static String someOf(List<String> names) {
    int more = names.size() - 10;
    String first = String.join(", ", names.subList(0, Math.min(10, names.size())));
    return "routes " + first + (more > 0 ? " and " + more + " more" : "");
  }
}
