package io.vertebra.route;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Definitions of one process; nothing survives a restart. Safe for any thread. */
final class InMemoryRouteStore implements RouteStore {
  private static final Logger LOG = LoggerFactory.getLogger(InMemoryRouteStore.class);

  private final List<Consumer<Snapshot>> listeners = new ArrayList<>();
  private Snapshot current;

  InMemoryRouteStore(Snapshot initial) {
    this.current = initial;
  }

  @Override
  public synchronized Future<Snapshot> snapshot() {
    return Future.succeededFuture(current);
  }

  @Override
  public synchronized Future<Snapshot> update(UnaryOperator<Snapshot> change) {
    try {
      current = change.apply(current);
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
    listeners.forEach(listener -> tell(listener, current));
    return Future.succeededFuture(current);
  }

  @Override
  public synchronized void watch(Consumer<Snapshot> listener) {
    listeners.add(listener);
    tell(listener, current);
  }

  private static void tell(Consumer<Snapshot> listener, Snapshot snapshot) {
    try {
      listener.accept(snapshot);
    } catch (RuntimeException failure) {
      LOG.error("route.watch failed revision={}", snapshot.revision(), failure);
    }
  }
}
