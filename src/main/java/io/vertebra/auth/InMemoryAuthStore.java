package io.vertebra.auth;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Documents in memory, for tests. */
final class InMemoryAuthStore implements AuthStore {
  private final Clock clock;
  private final Map<DocumentId.Kind, NavigableMap<String, Document>> documents = new TreeMap<>();
  private final List<LiveView> views = new ArrayList<>();
  private long revision;

  InMemoryAuthStore(Clock clock) {
    this.clock = clock;
    for (DocumentId.Kind kind : DocumentId.Kind.values()) {
      documents.put(kind, new TreeMap<>());
    }
  }

  private NavigableMap<String, Document> all(DocumentId.Kind kind) {
    return documents.getOrDefault(kind, new TreeMap<>());
  }

  private Optional<Document> present(DocumentId id) {
    return Optional.ofNullable(all(id.kind()).get(id.name()));
  }

  @Override
  public synchronized Future<Optional<Document>> read(DocumentId id) {
    return Future.succeededFuture(present(id));
  }

  @Override
  public long nowMs() {
    return clock.millis();
  }

  @Override
  public synchronized Future<List<Document>> list(
      DocumentId.Kind kind, String prefix, String after, int limit) {
    return Future.succeededFuture(
        all(kind).tailMap(prefix).values().stream()
            .filter(each -> each.id().name().startsWith(prefix))
            .filter(each -> each.id().name().compareTo(after) > 0)
            .filter(each -> !each.isExpired(clock.millis()))
            .limit(limit)
            .toList());
  }

  @Override
  public synchronized Future<Boolean> commit(List<Change> changes, Guard guard) {
    for (Change change : changes) {
      long present = present(change.id()).map(Document::revision).orElse(0L);
      if (change.ifRevision() != Change.ANY && change.ifRevision() != present) {
        return Future.succeededFuture(false);
      }
    }
    revision++;
    for (Change change : changes) {
      apply(change);
    }
    return Future.succeededFuture(true);
  }

  private void apply(Change change) {
    DocumentId id = change.id();
    if (change.value().isEmpty()) {
      Document unused = all(id.kind()).remove(id.name());
      views.forEach(view -> tell(view, id, Optional.empty()));
      return;
    }
    Document written =
        new Document(id, change.value().get().copy(), revision, change.expiresAtMs());
    Document unused = all(id.kind()).put(id.name(), written);
    views.forEach(view -> tell(view, id, Optional.of(written)));
  }

  private static void tell(LiveView view, DocumentId id, Optional<Document> document) {
    if (id.kind().isLive()) {
      view.change(id, document);
    }
  }

  @Override
  public synchronized Future<Integer> sweep(int most) {
    List<Document> expired =
        documents.values().stream()
            .flatMap(kind -> kind.values().stream())
            .filter(each -> each.isExpired(clock.millis()))
            .limit(most)
            .toList();
    expired.forEach(each -> apply(each.removed()));
    return Future.succeededFuture(expired.size());
  }

  @Override
  public synchronized void follow(LiveView view) {
    views.add(view);
    view.replace(
        documents.values().stream()
            .flatMap(kind -> kind.values().stream())
            .filter(each -> each.id().kind().isLive())
            .toList());
  }

  @Override
  public synchronized void stop() {
    views.clear();
  }

  @Override
  public boolean isLeader() {
    return true;
  }
}
