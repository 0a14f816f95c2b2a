package io.vertebra.auth;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Another store, whose calls are noted. */
final class CountingAuthStore implements AuthStore {
  final List<String> calls = new CopyOnWriteArrayList<>();
  private final AuthStore store;

  CountingAuthStore(AuthStore store) {
    this.store = store;
  }

  @Override
  public Future<Optional<Document>> read(DocumentId id) {
    calls.add("read " + id.kind());
    return store.read(id);
  }

  @Override
  public long nowMs() {
    return store.nowMs();
  }

  @Override
  public Future<List<Document>> list(DocumentId.Kind kind, String prefix, String after, int limit) {
    calls.add("list " + kind);
    return store.list(kind, prefix, after, limit);
  }

  @Override
  public Future<Boolean> commit(List<Change> changes, Guard guard) {
    calls.add("commit " + changes.stream().map(each -> each.id().kind()).toList());
    return store.commit(changes, guard);
  }

  @Override
  public Future<Integer> sweep(int most) {
    return store.sweep(most);
  }

  @Override
  public void follow(LiveView view) {
    store.follow(view);
  }

  @Override
  public void stop() {
    store.stop();
  }

  @Override
  public boolean isLeader() {
    return store.isLeader();
  }
}
