package io.vertebra.counter;

import static io.vertebra.api.FailureCode.NOT_FOUND;

import io.vertebra.api.Failure;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The rules of counters over a {@link CounterStore}. Stateless: any thread may call it. */
final class StoredCounterService implements CounterService {
  static final int MAX_BATCH = 128;

  private final CounterStore store;
  private final Consumer<JsonObject> announcer;

  /**
   * @param announcer told of what was set, reset or removed
   */
  StoredCounterService(CounterStore store, Consumer<JsonObject> announcer) {
    this.store = store;
    this.announcer = announcer;
  }

  @Override
  public Future<Added> add(AddCounter request, Guard guard) {
    return store.add(request, guard);
  }

  @Override
  public Future<List<Added>> addAll(List<AddCounter> requests, Guard guard) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < requests.size(); i++) {
      if (!names.add(requests.get(i).name())) {
        return Future.failedFuture(
            Failure.invalid("/items/" + i + "/name", "stands in the batch before"));
      }
    }
    return requests.isEmpty() || requests.size() > MAX_BATCH
        ? Future.failedFuture(Failure.invalid("/items", "must have 1 to " + MAX_BATCH + " items"))
        : store.addAll(requests, guard);
  }

  @Override
  public Future<Counter> get(String name) {
    return store.find(name).compose(found -> required(name, found));
  }

  @Override
  public Future<CounterPage> list(ListCounters request) {
    return store.list(request);
  }

  @Override
  public Future<Counter> set(SetCounter request, Guard guard) {
    return store
        .set(request, guard)
        .onSuccess(counter -> announce(counter.name(), "set", counter.revision()));
  }

  @Override
  public Future<Counter> reset(String name, Guard guard) {
    return store
        .reset(name, guard)
        .compose(found -> required(name, found))
        .onSuccess(counter -> announce(name, "reset", counter.revision()));
  }

  @Override
  public Future<Long> delete(String name, Guard guard) {
    return store
        .delete(name, guard)
        .compose(revision -> required(name, revision))
        .onSuccess(revision -> announce(name, "delete", revision));
  }

  @Override
  public Future<Block> take(TakeBlock request, Guard guard) {
    return store.take(request, guard);
  }

  private static <T> Future<T> required(String name, Optional<T> found) {
    return found
        .map(Future::succeededFuture)
        .orElseGet(() -> Failure.future(NOT_FOUND, "no counter is named " + name));
  }

  private void announce(String name, String change, long revision) {
    announcer.accept(
        new JsonObject().put("name", name).put("change", change).put("revision", revision));
  }
}
