package io.vertebra.route;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.balancer.Upstream;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.Op;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The definitions in the kv store over those of a node's options, and how a change of them is
 * written. Immutable.
 *
 * @param stored what the store has; the routes may name upstreams that are only in the options
 * @param guard revision of the last change in the store; 0 if nothing was ever stored
 * @param snapshot both together, without stored routes whose upstream is in neither; its revision
 *     goes on even when a restore left nothing stored
 */
record StoredRoutes(RouteOptions configured, Definitions stored, long guard, Snapshot snapshot) {
  static final Bytes GUARD = Bytes.utf8("\0route/guard");
  static final KeyRange RANGE = KeyRange.prefix(Bytes.utf8("\0route/"));
  private static final String ROUTE = "\0route/route/";
  private static final String UPSTREAM = "\0route/upstream/";

  /** Of those in the options, which no write made. */
  private static final long CONFIGURED_REVISION = 1;

  /** Definitions by name, without the rules of a snapshot. */
  record Definitions(
      NavigableMap<String, Entry<Route>> routes, NavigableMap<String, Entry<Upstream>> upstreams) {

    static Definitions none() {
      return new Definitions(new TreeMap<>(), new TreeMap<>());
    }

    Definitions copy() {
      return new Definitions(new TreeMap<>(routes), new TreeMap<>(upstreams));
    }
  }

  static StoredRoutes none(RouteOptions configured) {
    return of(configured, Definitions.none(), 0, CONFIGURED_REVISION);
  }

  /**
   * With these entries of the store and no others.
   *
   * @param revision of the store when they were read
   */
  StoredRoutes holding(List<KvEntry> entries, long revision) {
    Definitions next = Definitions.none();
    long last = 0;
    for (KvEntry entry : entries) {
      put(next, entry);
      last = Math.max(last, entry.modRevision());
    }
    return of(configured, next, last, revision);
  }

  /** After these changes of the store. */
  StoredRoutes after(List<KvEvent> events) {
    Definitions next = stored.copy();
    long last = guard;
    for (KvEvent event : events) {
      if (event.type() == KvEvent.Type.PUT) {
        put(next, event.entry());
      } else {
        remove(next, event.entry());
      }
      last = Math.max(last, event.entry().modRevision());
    }
    return of(configured, next, last, snapshot.revision());
  }

  /**
   * What makes the present snapshot the next one.
   *
   * @throws Failure {@code CONFLICT} if a definition is to go that the options hold
   */
  List<Op> steps(Snapshot next) {
    List<Op> steps = new ArrayList<>();
    steps.add(Op.put(GUARD, Bytes.EMPTY));
    changes(steps, UPSTREAM, snapshot.upstreams(), next.upstreams(), Upstream::toJson);
    changes(steps, ROUTE, snapshot.routes(), next.routes(), Route::toJson);
    removals(steps, ROUTE, "route", next.routes(), snapshot.routes(), stored.routes());
    removals(
        steps, UPSTREAM, "upstream", next.upstreams(), snapshot.upstreams(), stored.upstreams());
    return steps;
  }

  private static StoredRoutes of(
      RouteOptions configured, Definitions stored, long guard, long least) {
    NavigableMap<String, Entry<Upstream>> upstreams = new TreeMap<>();
    configured.upstreams().forEach((name, value) -> upstreams.put(name, configured(name, value)));
    upstreams.putAll(stored.upstreams());
    NavigableMap<String, Entry<Route>> routes = new TreeMap<>();
    configured.routes().forEach((name, value) -> routes.put(name, configured(name, value)));
    routes.putAll(stored.routes());
    routes.values().removeIf(entry -> !upstreams.containsKey(entry.value().upstream()));
    long revision = Math.max(guard, least);
    return new StoredRoutes(configured, stored, guard, new Snapshot(revision, routes, upstreams));
  }

  private static <T> Entry<T> configured(String name, T value) {
    return new Entry<>(name, CONFIGURED_REVISION, value);
  }

  private static void put(Definitions next, KvEntry entry) {
    String key = entry.key().toString();
    if (key.startsWith(ROUTE)) {
      Entry<Route> route = read(key.substring(ROUTE.length()), entry, Route::from);
      next.routes().put(route.name(), route);
    } else if (key.startsWith(UPSTREAM)) {
      Entry<Upstream> upstream = read(key.substring(UPSTREAM.length()), entry, Upstream::from);
      next.upstreams().put(upstream.name(), upstream);
    }
  }

  private static void remove(Definitions next, KvEntry entry) {
    String key = entry.key().toString();
    if (key.startsWith(ROUTE)) {
      next.routes().remove(key.substring(ROUTE.length()));
    } else if (key.startsWith(UPSTREAM)) {
      next.upstreams().remove(key.substring(UPSTREAM.length()));
    }
  }

  private static <T> Entry<T> read(String name, KvEntry entry, Function<Fields, T> reader) {
    JsonObject json = new JsonObject(entry.value().toString());
    return new Entry<>(name, entry.modRevision(), reader.apply(Fields.of(json)));
  }

  private static <T> void changes(
      List<Op> steps,
      String prefix,
      NavigableMap<String, Entry<T>> present,
      NavigableMap<String, Entry<T>> next,
      Function<T, JsonObject> encoder) {
    next.forEach(
        (name, entry) -> {
          if (!entry.equals(present.get(name))) {
            Bytes json = Bytes.utf8(encoder.apply(entry.value()).encode());
            steps.add(Op.put(Bytes.utf8(prefix + name), json));
          }
        });
  }

  private static <T> void removals(
      List<Op> steps,
      String prefix,
      String kind,
      NavigableMap<String, Entry<T>> next,
      NavigableMap<String, Entry<T>> present,
      NavigableMap<String, Entry<T>> stored) {
    for (String name : present.keySet()) {
      if (!next.containsKey(name)) {
        if (!stored.containsKey(name)) {
          throw new Failure(
              FailureCode.CONFLICT,
              kind + " " + name + " is defined in the options of this node: remove it there");
        }
        steps.add(Op.delete(Bytes.utf8(prefix + name)));
      }
    }
  }
}
