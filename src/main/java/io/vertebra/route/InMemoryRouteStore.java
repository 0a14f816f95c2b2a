package io.vertebra.route;

import static io.vertebra.api.FailureCode.FENCED;

import io.vertebra.api.Failure;
import io.vertebra.kv.Fence;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Definitions of one process; nothing survives a restart. Of locks it knows what the writes here
 * carried: an overtaken holder is refused once a greater token was seen, whoever numbers the lock.
 * Safe for any thread.
 */
final class InMemoryRouteStore implements RouteStore {
  private static final Logger LOG = LoggerFactory.getLogger(InMemoryRouteStore.class);

  private static final int MAX_LOCKS = 1_000;

  private final List<Consumer<Snapshot>> listeners = new ArrayList<>();
  private final Map<String, Long> tokens = new LinkedHashMap<>();
  private Snapshot current;

  InMemoryRouteStore(Snapshot initial) {
    this.current = initial;
  }

  @Override
  public synchronized Future<Snapshot> snapshot() {
    return Future.succeededFuture(current);
  }

  @Override
  public synchronized Future<Snapshot> update(
      Optional<Fence> fence, UnaryOperator<Snapshot> change) {
    try {
      fence.ifPresent(this::check);
      current = change.apply(current);
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
    fence.ifPresent(this::learn);
    listeners.forEach(listener -> tell(listener, current));
    return Future.succeededFuture(current);
  }

  private void check(Fence fence) {
    long known = tokens.getOrDefault(fence.lock(), 0L);
    if (known > fence.token()) {
      throw new Failure(FENCED, "lock " + fence.lock() + " went on to token " + known);
    }
  }

  /** Of very many locks the one that wrote longest ago is forgotten. */
  private void learn(Fence fence) {
    tokens.remove(fence.lock());
    tokens.put(fence.lock(), fence.token());
    if (tokens.size() > MAX_LOCKS) {
      tokens.remove(tokens.keySet().iterator().next());
    }
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
