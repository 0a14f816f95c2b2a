package io.vertebra.route;

import static io.vertebra.route.Change.Kind.ROUTE;
import static io.vertebra.route.Change.Kind.UPSTREAM;
import static io.vertebra.route.Change.Type.DELETE;
import static io.vertebra.route.Change.Type.PUT;

import io.vertebra.balancer.Upstream;
import io.vertx.core.Future;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rules of {@link Snapshot} over a {@link RouteStore}. Stateless: any thread may call it. */
final class StoredRouteService implements RouteService {
  private static final Logger LOG = LoggerFactory.getLogger(StoredRouteService.class);

  private final RouteStore store;
  private final Consumer<Change> announcer;

  /**
   * @param announcer told of each change after it was made
   */
  StoredRouteService(RouteStore store, Consumer<Change> announcer) {
    this.store = store;
    this.announcer = announcer;
  }

  @Override
  public Future<Page<Route>> routes(PageRequest request) {
    return store.snapshot().map(s -> Page.of(s.routes(), request, s.revision()));
  }

  @Override
  public Future<Entry<Route>> route(String name) {
    return store.snapshot().map(snapshot -> snapshot.route(name));
  }

  @Override
  public Future<Entry<Route>> putRoute(Route route, Precondition precondition) {
    return store
        .update(precondition.fence(), snapshot -> snapshot.withRoute(route, precondition))
        .onSuccess(snapshot -> announce(ROUTE, route.name(), snapshot, PUT))
        .map(snapshot -> snapshot.route(route.name()));
  }

  @Override
  public Future<Long> deleteRoute(String name, Precondition precondition) {
    return store
        .update(precondition.fence(), snapshot -> snapshot.withoutRoute(name, precondition))
        .onSuccess(snapshot -> announce(ROUTE, name, snapshot, DELETE))
        .map(Snapshot::revision);
  }

  @Override
  public Future<Page<Upstream>> upstreams(PageRequest request) {
    return store.snapshot().map(s -> Page.of(s.upstreams(), request, s.revision()));
  }

  @Override
  public Future<Entry<Upstream>> upstream(String name) {
    return store.snapshot().map(snapshot -> snapshot.upstream(name));
  }

  @Override
  public Future<Entry<Upstream>> putUpstream(Upstream upstream, Precondition precondition) {
    return store
        .update(precondition.fence(), snapshot -> snapshot.withUpstream(upstream, precondition))
        .onSuccess(snapshot -> announce(UPSTREAM, upstream.name(), snapshot, PUT))
        .map(snapshot -> snapshot.upstream(upstream.name()));
  }

  @Override
  public Future<Long> deleteUpstream(String name, Precondition precondition) {
    return store
        .update(precondition.fence(), snapshot -> snapshot.withoutUpstream(name, precondition))
        .onSuccess(snapshot -> announce(UPSTREAM, name, snapshot, DELETE))
        .map(Snapshot::revision);
  }

  @Override
  public Future<Entry<Upstream>> setEndpointState(
      SetEndpointState change, Precondition precondition) {
    return store
        .update(precondition.fence(), snapshot -> snapshot.withEndpointState(change, precondition))
        .onSuccess(snapshot -> announce(UPSTREAM, change.upstream(), snapshot, PUT))
        .map(snapshot -> snapshot.upstream(change.upstream()));
  }

  private void announce(Change.Kind kind, String name, Snapshot snapshot, Change.Type type) {
    LOG.info(
        "route.changed kind={} name={} revision={} change={}",
        kind,
        name,
        snapshot.revision(),
        type);
    announcer.accept(new Change(kind, name, snapshot.revision(), type));
  }
}
